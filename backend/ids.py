"""The ids of things: 48 bits of milliseconds and 80 bits of chance, so that they sort by their birth and never meet.

An id is no secret: it names a thing in addresses and logs, and tells when the thing was made.
"""

import re
import secrets
import time
from collections.abc import Callable
from typing import Annotated, Final

from pydantic import Field

from backend import crockford

Clock = Callable[[], float]
"""Seconds since 1970, as `time.time` gives them."""

ID_LENGTH: Final = 26
_TIME_BITS: Final = 48
_RANDOM_BITS: Final = 80
_ID_BITS: Final = _TIME_BITS + _RANDOM_BITS

# 26 digits hold 130 bits; the first of them says no more than three.
_FORM: Final = rf"[0-7]{crockford.DIGIT}{{{ID_LENGTH - 1}}}"
_ID: Final = re.compile(_FORM)

Id = Annotated[str, Field(pattern=f"^{_FORM}$", min_length=ID_LENGTH, max_length=ID_LENGTH)]
"""As a field of what crosses the wire."""


def new_id(clock: Clock = time.time) -> str:
    milliseconds = int(clock() * 1000)
    if not 0 <= milliseconds < 1 << _TIME_BITS:
        raise ValueError("the clock is before 1970 or after the year 10889; an id cannot say such a time")
    return crockford.encode(milliseconds << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS), _ID_BITS)


def is_id(text: str) -> bool:
    """Whether a text is an id in the one spelling it has."""
    # Asked for every request of a tenant, so by one match and not digit by digit.
    return _ID.fullmatch(text) is not None


def born_seconds(one: str) -> float:
    """When an id was made, to the millisecond."""
    number = crockford.decode(one, _ID_BITS)
    if number is None:
        raise ValueError("this is no id")
    return (number >> _RANDOM_BITS) / 1000
