"""Codes on paper for the day when the authenticator is lost: ten of 80 bits, each for one use.

They are stored as a keyed hash over account and code: who has the table and not the key learns nothing, and a row that
is copied to another account opens nothing there.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

from backend import crockford
from backend.accounts.refused import Refused
from backend.secret import Secret

CODES: Final = 10
_BITS: Final = 80
_LENGTH: Final = crockford.digits_for(_BITS)
_GROUP: Final = 4
_LONGEST_TYPED: Final = 100
_LEAST_KEY_BYTES: Final = 32


class CodeRefused(Refused):
    """The text is no recovery code; whether a code is a right one is for `find` to say."""


def new_codes() -> tuple[Secret, ...]:
    return tuple(Secret(crockford.encode(secrets.randbits(_BITS), _BITS)) for _ in range(CODES))


def shown(code: Secret) -> str:
    """The code as it is printed: in groups, and in capitals."""
    text = code.reveal().upper()
    return "-".join(text[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def read(typed: str) -> Secret:
    """Read a code from paper: any case, with or without hyphens and spaces, O for 0, I and L for 1."""
    text = crockford.as_meant(typed) if len(typed) <= _LONGEST_TYPED else ""
    if crockford.decode(text, _BITS) is None:
        raise CodeRefused(f"A recovery code has {_LENGTH} letters and digits, without U; compare it with your paper.")
    return Secret(text)


def keyed_hash(code: Secret, *, account: str, key: bytes) -> bytes:
    """What is stored for a code."""
    if len(key) < _LEAST_KEY_BYTES:
        raise ValueError(f"the key of the recovery codes has fewer than {_LEAST_KEY_BYTES} bytes")
    # The code's length is fixed, so there is one way to take this apart.
    return hmac.digest(key, f"{code.reveal()}{account}".encode(), hashlib.sha256)


def find(code: Secret, stored: Sequence[bytes], *, account: str, key: bytes) -> int | None:
    """Return the place of a code among the unused ones of its account; looks at all of them, wherever it stands."""
    wanted = keyed_hash(code, account=account, key=key)
    same = [hmac.compare_digest(wanted, one) for one in stored]
    return same.index(True) if any(same) else None
