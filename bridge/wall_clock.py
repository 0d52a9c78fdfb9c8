"""The time as the wire tells it."""

from time import time_ns
from typing import Final

_NANOSECONDS: Final = 1_000_000


def now_milliseconds() -> int:
    """Milliseconds since 1970."""
    return time_ns() // _NANOSECONDS
