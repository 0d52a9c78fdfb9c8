"""A signed sentence about a trail: "at this time its record of this number had this tag".

It is kept where whoever can write the database cannot reach it, and is checked with the public key alone.
"""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Final

from backend.accounts.audit.chained import TAG_BYTES, unambiguous
from backend.accounts.audit.keys import SigningKey
from core_rs import ed25519_verify

FORM: Final = "toolboxai audit checkpoint 1"
_SIGNATURE_BYTES: Final = 64
_LARGEST: Final = {"number": 2**63 - 1, "at": 253_402_300_799_999}  # the last moment of the year 9999
_LENGTHS: Final = {"tag": TAG_BYTES, "lines_sha256": TAG_BYTES, "public_key": 32, "signature": _SIGNATURE_BYTES}


class NotACheckpoint(ValueError):
    """The text is no checkpoint, in a sentence."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    tenant_id: str
    number: int
    tag: bytes
    at: int
    """When it was signed, in milliseconds since 1970."""
    lines_sha256: bytes | None
    """In an export: the digest of all lines of this trail before the checkpoint, each with its line end."""
    public_key: bytes
    """Whose signature it claims to bear. Which key is to be trusted, the reader has to know from elsewhere."""
    signature: bytes

    def is_signed_by(self, public_key: bytes) -> bool:
        return ed25519_verify(public_key, _message(self), self.signature)


def sign(
    key: SigningKey, tenant_id: str, number: int, tag: bytes, *, at: int, lines_sha256: bytes | None = None
) -> Checkpoint:
    unsigned = Checkpoint(tenant_id, number, tag, at, lines_sha256, key.public, b"")
    return replace(unsigned, signature=key.sign(_message(unsigned)))


def to_line(checkpoint: Checkpoint) -> str:
    """Return it as JSON on one line."""
    values = {name: value.hex() if isinstance(value, bytes) else value for name, value in asdict(checkpoint).items()}
    return json.dumps({"form": FORM, **values}, separators=(",", ":"))


def from_json(told: object) -> Checkpoint:
    """Return the checkpoint that was read, its signature not looked at yet; NotACheckpoint if it is none."""
    names = {field.name for field in fields(Checkpoint)}
    if not isinstance(told, dict) or told.get("form") != FORM or told.keys() != names | {"form"}:
        raise NotACheckpoint(f"this is no checkpoint of the form {FORM!r}")
    values = {name: _value(name, told[name]) for name in names}
    return Checkpoint(**values)  # type: ignore[arg-type]  # _value holds each to its type


def _value(name: str, told: object) -> object:
    if name in _LARGEST and type(told) is int and 0 <= told <= _LARGEST[name]:
        return told
    if name == "tenant_id" and isinstance(told, str):
        return told
    if name == "lines_sha256" and told is None:
        return None
    if name in _LENGTHS and isinstance(told, str):
        try:
            raw = bytes.fromhex(told)
        except ValueError:
            raw = b""
        if len(raw) == _LENGTHS[name]:
            return raw
    raise NotACheckpoint(f"the {name} of this checkpoint is not what it has to be")


def _message(checkpoint: Checkpoint) -> bytes:
    """Return what is signed: all but the key, which the signature itself proves."""
    return unambiguous(
        FORM,
        checkpoint.tenant_id,
        checkpoint.number,
        checkpoint.tag,
        checkpoint.at,
        checkpoint.lines_sha256,
    )
