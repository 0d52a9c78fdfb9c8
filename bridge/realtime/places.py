"""Which channels somebody wants, and from where: `<channel>@<begin>,...`."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from backend.errors import InvalidRequest
from bridge.realtime.cursor import LATEST

MOST_WANTED: Final = 16

Wanted: TypeAlias = Sequence[tuple[str, str]]


def read_wanted(text: str) -> Wanted:
    """Return the channels with the texts of their places; what each says is looked at when it is followed."""
    pairs = [each.partition("@") for each in text.split(",")]
    wanted = [(channel, begin or LATEST) for channel, _, begin in pairs]
    if not 1 <= len(wanted) <= MOST_WANTED or len({channel for channel, _ in wanted}) != len(wanted):
        raise InvalidRequest(f"Follow 1 to {MOST_WANTED} channels, each once, as channel@place,channel@place.")
    return wanted
