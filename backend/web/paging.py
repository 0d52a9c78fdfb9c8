"""Lists a page at a time: a cursor says after which row the next page begins.

A cursor grants nothing, so it is not signed: whoever makes one up asks for a place in a list that they may read anyway.
But it is read strictly. It begins with a mark of its list, its version and what the list was narrowed to, so that one
of another list is refused instead of leaving a hole in silence.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

import orjson
from pydantic import Field

from backend.errors import refused_value
from core_rs import blake3

RowT = TypeVar("RowT")

LONGEST_PAGE: Final = 100
_LONGEST_CURSOR: Final = 1024
_LONGEST_TEXT: Final = 256
_LARGEST: Final = 2**53 - 1
_MARK_BYTES: Final = 8

Position = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class PageQuery:
    """The query of every list; a list that can be narrowed adds its own fields to these."""

    limit: Annotated[int, Field(ge=1, le=LONGEST_PAGE, description="How many there may be on the page")] = 50
    cursor: Annotated[
        str,
        Field(max_length=_LONGEST_CURSOR, description="What the page before gave as `next`; left out for the first"),
    ] = ""


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    rows: tuple[RowT, ...]
    next: str | None


class Cursors:
    """The cursors of one list, in the order of columns of these kinds, of which the last makes the order total."""

    def __init__(self, name: str, *kinds: type[int] | type[str]) -> None:
        self._name = name
        self._kinds = kinds

    def read(self, query: PageQuery, *narrowed_to: str) -> Position | None:
        """Return after which row the page begins, None for the first page; InvalidRequest if the cursor is not ours."""
        if not query.cursor:
            return None
        position = self._position(query.cursor, self._mark(narrowed_to))
        if position is None:
            raise refused_value("/query/cursor", "This is no `next` of this list; begin without a cursor")
        return position

    def after(self, query: PageQuery) -> str:
        """Return after which text the page begins in a list that is ordered by one, "" for the first page."""
        position = self.read(query)
        return "" if position is None else str(position[0])

    def write(self, position: Position, *narrowed_to: str) -> str:
        return urlsafe_b64encode(self._mark(narrowed_to) + orjson.dumps(position)).rstrip(b"=").decode()

    def page(
        self, found: Sequence[RowT], positions: Sequence[Position], query: PageQuery, *narrowed_to: str
    ) -> Page[RowT]:
        """Cut what a store found, asked for one row more than the page takes."""
        if len(found) <= query.limit:
            return Page(tuple(found), None)
        return Page(tuple(found[: query.limit]), self.write(positions[query.limit - 1], *narrowed_to))

    def _mark(self, narrowed_to: Sequence[str]) -> bytes:
        return blake3(orjson.dumps([self._name, *narrowed_to]))[:_MARK_BYTES]

    def _position(self, cursor: str, mark: bytes) -> Position | None:
        try:
            raw = urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
            values = orjson.loads(raw[_MARK_BYTES:])
        except (ValueError, binascii.Error):
            return None
        if raw[:_MARK_BYTES] != mark or not isinstance(values, list) or len(values) != len(self._kinds):
            return None
        if not all(_is(value, kind) for value, kind in zip(values, self._kinds, strict=True)):
            return None
        # Decoding is lenient; only the one spelling that we write is ours.
        return tuple(values) if urlsafe_b64encode(mark + orjson.dumps(values)).rstrip(b"=").decode() == cursor else None


def _is(value: object, kind: type) -> bool:
    if type(value) is not kind:
        return False
    if isinstance(value, str):
        # PostgreSQL takes no NUL in a text.
        return len(value) <= _LONGEST_TEXT and "\0" not in value
    return isinstance(value, int) and abs(value) <= _LARGEST
