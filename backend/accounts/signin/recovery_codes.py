"""Codes on paper for the day when the authenticator is lost: ten of 80 bits, each for one use.

They are stored as a keyed hash over account and code (second_factor/service.py): who has the table and not the key
learns nothing, and a row that is copied to another account opens nothing there.
"""

import secrets
from typing import Final

from backend import crockford
from backend.accounts.refused import Refused
from backend.secret import Secret

CODES: Final = 10
_BITS: Final = 80
_LENGTH: Final = crockford.digits_for(_BITS)
_GROUP: Final = 4
_LONGEST_TYPED: Final = 100


class CodeRefused(Refused):
    """The text is no recovery code; whether it is a right one the stored ones say."""


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
