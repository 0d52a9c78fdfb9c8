"""A place in a channel, after one of its messages."""

import re
import secrets
from typing import Final, NamedTuple

from backend.errors import InvalidRequest

MOST_OFFSET: Final = 2**53 - 1
EARLIEST: Final = "earliest"
LATEST: Final = "latest"
EPOCH_BYTES: Final = 8
_FORM: Final = re.compile(r"([0-9a-f]{16})\.(0|[1-9][0-9]{0,15})")


class Cursor(NamedTuple):
    # One life of the channel.
    epoch: str
    offset: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.offset}"


# Where somebody wants to begin: after a place, at the oldest message that is kept, or from now on.
Begin = Cursor | str


def new_epoch() -> str:
    return secrets.token_hex(EPOCH_BYTES)


def read_begin(text: str) -> Begin:
    """Read a place to begin; InvalidRequest where it is none. Whether there is such a place is the channel's to say."""
    if text in {EARLIEST, LATEST}:
        return text
    found = _FORM.fullmatch(text)
    if found is None or int(found[2]) > MOST_OFFSET:
        raise InvalidRequest(f"A place to begin is a cursor, {EARLIEST} or {LATEST}.")
    return Cursor(found[1], int(found[2]))
