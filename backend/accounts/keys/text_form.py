"""How a key looks: `tbx_<kind>_<id>_<secret>_<check>`.

It begins so that a scanner for leaked secrets finds it, it names its id so that somebody who finds one can say which it
is, and its check tells a slip of the hand from a key that does not hold. The secret has 256 bits of chance, so one
round of SHA-256 hides it; a slow hash is for what people choose.
"""

import re
import secrets
import zlib
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

from backend.ids import ALPHABET, in_letters, is_id
from backend.secret import Secret

SECRET_BITS: Final = 256
_SECRET_LETTERS: Final = 52
_CHECK_LETTERS: Final = 7
_LETTERS: Final = f"[{ALPHABET}]"


class KeyKind(StrEnum):
    API = "api"
    GAME = "game"


_FORM: Final = re.compile(
    rf"tbx_({'|'.join(KeyKind)})_({_LETTERS}{{26}})_({_LETTERS}{{{_SECRET_LETTERS}}})_({_LETTERS}{{{_CHECK_LETTERS}}})"
)
# What a log or a scanner has to look for.
LOOKS_LIKE: Final = re.compile(r"tbx_[a-z]+_[0-9a-z]{26}_[0-9a-z]+")


@dataclass(frozen=True, slots=True)
class KeyText:
    kind: KeyKind
    id: str
    # Of the whole text: what is kept of it.
    digest: bytes


@dataclass(frozen=True, slots=True)
class NewKey:
    text: Secret
    digest: bytes


def new_key(kind: KeyKind, key_id: str) -> NewKey:
    secret = in_letters(secrets.randbits(SECRET_BITS), _SECRET_LETTERS)
    body = f"tbx_{kind}_{key_id}_{secret}"
    text = f"{body}_{_check(body)}"
    return NewKey(Secret(text), _digest(text))


def read_key(text: str) -> KeyText | None:
    """Return what the text says, or None of what was never a key of ours."""
    found = _FORM.fullmatch(text)
    if found is None or not is_id(found[2]) or found[4] != _check(text.rpartition("_")[0]):
        return None
    return KeyText(KeyKind(found[1]), found[2], _digest(text))


def _check(body: str) -> str:
    return in_letters(zlib.crc32(body.encode()), _CHECK_LETTERS)


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
