"""The one rule by which whoever follows a channel stays whole, whatever carries it. Pure."""

from enum import Enum, auto
from typing import Final

from bridge.client.following.cursor import EARLIEST, LATEST, Cursor, read_cursor
from bridge.client.following.events import Coalesced, Live, Message, Reset, Stale
from bridge.client.following.items import Following

# Left out ahead of one's own place. A bridge that names more of them is followed anew, which brings them all.
MOST_LEFT_OUT: Final = 8_192


class Step(Enum):
    USE = auto()
    LEAVE = auto()  # it was used already, or says nothing new
    ANEW = auto()  # something is missing: follow anew from one's own place


class Position:
    """Where somebody is in a channel: after what was used last."""

    def __init__(self, begin: str) -> None:
        self._begin = begin
        # None until it is known what the first word of the bridge means.
        self.place: Cursor | None = None if begin in {EARLIEST, LATEST} else read_cursor(begin)
        # Those that are said to be left out, ahead of the place.
        self._left_out: set[int] = set()

    @property
    def begin(self) -> str:
        """Where to begin the next time."""
        return self._begin if self.place is None else str(self.place)

    def take(self, item: Following | Message | Reset | Coalesced | Stale | Live) -> Step:
        """Say what to do with the next item of the channel, and move on where it is used."""
        match item:
            case Reset(cursor=cursor):
                self._move(read_cursor(cursor))
                return Step.USE
            case Following(cursor=cursor):
                return self._begun(read_cursor(cursor))
            case Stale():
                return Step.USE
        # What comes before it is known where it begins is of an earlier beginning.
        return Step.LEAVE if self.place is None else self._after(self.place, item)

    def is_news(self, offset: int) -> bool:
        """Whether this message was neither used nor left out."""
        return self.place is None or (offset > self.place.offset and offset not in self._left_out)

    def _after(self, place: Cursor, item: Message | Coalesced | Live) -> Step:
        match item:
            case Message(cursor=cursor):
                return self._message(place, read_cursor(cursor))
            case Coalesced(offsets=offsets):
                return self._coalesced(place, offsets)
            case Live(cursor=cursor):
                return Step.USE if read_cursor(cursor) == place else Step.ANEW

    def _begun(self, cursor: Cursor) -> Step:
        if self.place is None:
            self._move(cursor)
        return Step.USE if cursor == self.place else Step.ANEW

    def _message(self, place: Cursor, cursor: Cursor) -> Step:
        if cursor.epoch != place.epoch:
            return Step.ANEW
        if cursor.offset <= place.offset:
            return Step.LEAVE
        if cursor.offset != place.next_offset:
            return Step.ANEW
        self._advance(cursor)
        return Step.USE

    def _coalesced(self, place: Cursor, offsets: tuple[int, ...]) -> Step:
        news = {offset for offset in offsets if self.is_news(offset)}
        if not news:
            return Step.LEAVE
        if len(self._left_out) + len(news) > MOST_LEFT_OUT:
            return Step.ANEW
        self._left_out |= news
        self._advance(place)
        return Step.USE

    def _advance(self, cursor: Cursor) -> None:
        """Go there, and past what is left out right behind it."""
        offset = cursor.offset
        while offset + 1 in self._left_out:
            offset += 1
            self._left_out.remove(offset)
        self.place = Cursor(cursor.epoch, offset)

    def _move(self, cursor: Cursor) -> None:
        self._left_out.clear()
        self.place = cursor
