"""Ids of everything that people make: in the order of their making, and not to be guessed.

26 letters and digits, lower case: 48 bits of milliseconds, then 80 of chance. Crockford's alphabet has no i, l, o, u,
so that an id can be read out over a telephone.
"""

import re
import secrets
import time
from typing import Annotated, Final

from pydantic import Field

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS: Final = 26
_RANDOM_BITS: Final = 80
_BITS_A_LETTER: Final = 5
_PATTERN: Final = r"^[0-7][0-9a-hjkmnp-tv-z]{25}$"
_ID: Final = re.compile(_PATTERN)

# As a field of what crosses the wire.
Id = Annotated[str, Field(pattern=_PATTERN, min_length=_LETTERS, max_length=_LETTERS)]


def new_id() -> str:
    number = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return in_letters(number, _LETTERS)


def is_id(text: str) -> bool:
    # `$` of a pattern also matches before a line end; a whole match does not.
    return _ID.fullmatch(text) is not None


def in_letters(number: int, length: int) -> str:
    """Write a number in so many letters, the highest first."""
    return "".join(ALPHABET[number >> _BITS_A_LETTER * place & 31] for place in reversed(range(length)))
