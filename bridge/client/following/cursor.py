"""A place in a channel, after one of its messages."""

import re
from typing import Final, NamedTuple

from bridge.client.fields import FieldWrong

EARLIEST: Final = "earliest"
LATEST: Final = "latest"
MOST_OFFSET: Final = 2**53 - 1
_FORM: Final = re.compile(r"([0-9a-f]{16})\.(0|[1-9][0-9]{0,15})")


class Cursor(NamedTuple):
    # One life of the channel.
    epoch: str
    offset: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.offset}"

    @property
    def next_offset(self) -> int:
        return self.offset + 1


def read_cursor(text: str) -> Cursor:
    found = _FORM.fullmatch(text)
    if found is None or int(found[2]) > MOST_OFFSET:
        raise FieldWrong("cursor is no place in a channel")
    return Cursor(found[1], int(found[2]))
