"""One channel that is followed: what comes goes through the rule and waits for its reader."""

import asyncio
from typing import Final

from bridge.client.errors import refused
from bridge.client.following.buffer import Buffer
from bridge.client.following.events import Coalesced, Event, Live, Message, Reset, Stale
from bridge.client.following.items import Denied, Following, Left, OfChannel
from bridge.client.following.position import Position, Step
from bridge.client.waits import Waits

_LIMITED, _UNAVAILABLE = 429, 503
# A refusal of these says that it may be otherwise in a while.
_PASSING: Final = frozenset({_LIMITED, _UNAVAILABLE})


class Followed:
    def __init__(self, channel: str, begin: str) -> None:
        self.channel = channel
        self.position = Position(begin)
        self.buffer = Buffer()
        # Set when it was told where it begins, or that it never does.
        self.begun = asyncio.Event()
        # Set when nobody reads it any more.
        self.gone = asyncio.Event()
        # With ANEW: how long to wait before it.
        self.anew_in_seconds = 0.0
        self._waits = Waits()
        self._next_wait = 0.0
        # What the reader was told last: that it is live, that it is stale, or nothing yet.
        self._told: Live | Reset | Stale | None = None

    async def take(self, item: OfChannel, size: int) -> Step:
        """Take what the bridge said of this channel, once there is room for it; ANEW where something is missing."""
        # Before anything is noted: who stops waiting here has used nothing, and is given it again.
        await self.buffer.room()
        match item:
            case Denied(status=status, code=code, detail=detail):
                if status in _PASSING:
                    return self._anew(at_once=False)
                self.end(refused(detail, code=code, status=status))
                return Step.LEAVE
            case Left():
                # Nobody here asked for it.
                return self._anew()
        event = self._cleaned(item)
        step = self.position.take(item)
        if step is Step.ANEW:
            return self._anew()
        if step is Step.LEAVE or not self._is_news(event):
            return Step.LEAVE
        self._put(event, size)
        if isinstance(event, Message):
            self._waits, self._next_wait = Waits(), 0.0
        return Step.USE

    def lost(self, reason: str) -> None:
        """Tell the reader, once, that nothing comes for now."""
        stale = Stale(self.channel, reason)
        if self._told is not None and self._is_news(stale):
            self._put(stale, 0)

    def _anew(self, *, at_once: bool = True) -> Step:
        # The first time at once; where it did not help, later and later.
        is_first = self._next_wait == 0.0
        self._next_wait = self._waits.next_seconds()
        self.anew_in_seconds = 0.0 if is_first and at_once else self._next_wait
        return Step.ANEW

    def end(self, why: Exception) -> None:
        self.buffer.end(why)
        self.begun.set()

    def _cleaned(self, item: Following | Message | Reset | Coalesced | Stale | Live) -> Event:
        """Return what the reader would be given."""
        match item:
            case Following(channel=channel, cursor=cursor):
                return Live(channel, cursor)
            case Coalesced(channel=channel, offsets=offsets):
                return Coalesced(channel, tuple(offset for offset in offsets if self.position.is_news(offset)))
        return item

    def _is_news(self, event: Event) -> bool:
        """Whether it is worth a word: a reader that knows that it is live, or stale, is not told so again."""
        match event:
            case Live():
                return self._told is None or isinstance(self._told, Stale)
            case Stale():
                return not isinstance(self._told, Stale)
        return True

    def _put(self, event: Event, size: int) -> None:
        self.buffer.put(event, size)
        if isinstance(event, Live | Reset | Stale):
            self._told = event
        if isinstance(event, Live | Reset):
            self.begun.set()
