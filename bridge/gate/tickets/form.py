"""A ticket as bytes: whose it is and until when, and a signature that is also over what it is for.

Method and path do not stand in it: it is checked against the request that brings it.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final

from core_rs import ed25519_sign, ed25519_verify

_VERSION_BYTES: Final = 1
_ENDS_BYTES: Final = 8
ID_BYTES: Final = 16
_SID_BYTES: Final = 26
_PAYLOAD_BYTES: Final = _VERSION_BYTES + _ENDS_BYTES + ID_BYTES + _SID_BYTES
_SIGNATURE_BYTES: Final = 64
_LETTERS: Final = re.compile(r"[A-Za-z0-9_-]{154}")


@dataclass(frozen=True, slots=True)
class Ticket:
    master_version: int
    ends_at: int
    # Told apart by it, where it is good once.
    id: bytes
    sid: str

    def payload(self) -> bytes:
        return bytes([self.master_version]) + self.ends_at.to_bytes(_ENDS_BYTES) + self.id + self.sid.encode("ascii")


@dataclass(frozen=True, slots=True)
class Read:
    """What somebody brought, of which nothing is known to be true yet."""

    ticket: Ticket
    payload: bytes
    signature: bytes

    def is_signed(self, public_key: bytes, method: str, path: str) -> bool:
        return ed25519_verify(public_key, _message(self.payload, method, path), self.signature)


def written(ticket: Ticket, seed: bytes, method: str, path: str) -> str:
    payload = ticket.payload()
    signature = ed25519_sign(seed, _message(payload, method, path))
    return urlsafe_b64encode(payload + signature).decode("ascii").rstrip("=")


def read(text: str) -> Read | None:
    """Return what stands in a ticket; None where it is none, or is not spelled as we do."""
    if _LETTERS.fullmatch(text) is None:
        return None
    raw = urlsafe_b64decode(text + "==")
    if urlsafe_b64encode(raw).decode("ascii").rstrip("=") != text:
        return None
    payload, signature = raw[:_PAYLOAD_BYTES], raw[_PAYLOAD_BYTES:]
    version, rest = payload[0], payload[_VERSION_BYTES:]
    ends, rest = rest[:_ENDS_BYTES], rest[_ENDS_BYTES:]
    ticket_id, sid = rest[:ID_BYTES], rest[ID_BYTES:]
    if not sid.isascii():
        return None
    return Read(Ticket(version, int.from_bytes(ends), ticket_id, sid.decode("ascii")), payload, signature)


def _message(payload: bytes, method: str, path: str) -> bytes:
    return b"tbx1 ticket\n%b\n%b\n%b" % (method.encode("ascii"), path.encode("ascii"), payload)
