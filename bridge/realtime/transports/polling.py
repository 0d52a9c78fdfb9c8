"""The long-poll: an answer with what is new, at once or when something comes."""

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Final

from backend.db.rights_changes import Generation
from backend.errors import RequestError, ServiceError
from backend.web.sender import Sender
from bridge.realtime import items
from bridge.realtime.batch import Batch
from bridge.realtime.cursor import EARLIEST, Cursor, read_begin
from bridge.realtime.desk import Desk
from bridge.realtime.feed import Feed, Reason
from bridge.realtime.followers import Follower
from bridge.realtime.names import ChannelName, read_name
from bridge.realtime.places import Wanted
from bridge.realtime.told import Told

ITEMS_LIMIT_BYTES: Final = 256 * 1024
TRANSPORT: Final = "poll"


class Poll:
    """One request: what it wants, and what it is answered with. A member of feeds only while it waits."""

    def __init__(self, desk: Desk, follower: Follower, sender: Sender) -> None:
        self._desk = desk
        self._sender = sender
        self._follower = follower
        # Rights are asked for before whoever was held is answered: they may have gone since the door.
        self._asked_in: Generation | None = None
        self._places: dict[ChannelName, tuple[Feed, Cursor]] = {}
        self._said: list[bytes] = []
        self._news = asyncio.Event()

    async def want(self, wanted: Wanted) -> None:
        for channel, begin_text in wanted:
            try:
                name, begin = read_name(channel), read_begin(begin_text)
                self._follower.check(name)
                feed = await self._desk.hub.feed(channel, begin)
                self._follower.check(name)
            except (RequestError, ServiceError) as error:
                self._say(items.denied(channel, error))
                continue
            if isinstance(begin, Cursor):
                self._places[name] = feed, begin
                continue
            at = Cursor(feed.epoch, feed.base if begin == EARLIEST else feed.top)
            # From here on it has a place, which must not get lost in a long wait.
            self._say(items.following(channel, at))
            self._places[name] = feed, at

    async def answer(self, wait_seconds: float) -> bytes:
        """Return the items and the cursors: what there is, or what comes within the wait."""
        has_news = bool(self._said) or any(feed.cursor != at for feed, at in self._places.values())
        if not has_news and wait_seconds > 0:
            await self._wait(wait_seconds)
        return self._written()

    def begun(self, feed: Feed, at: Cursor) -> None:
        """Nothing: it has its place from its request."""

    def take(self, feed: Feed, batch: Batch) -> None:  # noqa: ARG002 - it is read from the feed
        self._news.set()

    def reset(self, feed: Feed, at: Cursor, reason: Reason) -> None:  # noqa: ARG002 - the same
        self._news.set()

    def stale(self, feed: Feed) -> None:  # noqa: ARG002 - it may be live again before the wait is over
        return

    def live(self, feed: Feed) -> None:  # noqa: ARG002 - the same
        return

    async def _wait(self, seconds: float) -> None:
        until = monotonic() + seconds
        feeds = [feed for feed, _ in self._places.values()]
        for feed in feeds:
            feed.watch(self)
        self._desk.meter.open[TRANSPORT] += 1
        try:
            with self._desk.held(self._news.set):
                while not self._is_due and monotonic() < until:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(min(until - monotonic(), self._desk.timing.held_seconds)):
                            await self._news.wait()
                    await self._ask_again()
        finally:
            self._desk.meter.open[TRANSPORT] -= 1
            for feed in feeds:
                feed.detach(self)
                self._desk.hub.detached(feed)

    @property
    def _is_due(self) -> bool:
        return self._news.is_set() or self._desk.is_draining or self._sender.has_gone

    async def _ask_again(self) -> None:
        """Raise where they may not be here any more; what they may not follow any more is denied."""
        generation = self._desk.generation
        if generation is not None and generation == self._asked_in:
            return
        self._follower = await self._follower.asked_again()
        self._asked_in = generation
        for name in list(self._places):
            try:
                self._follower.check(name)
            except RequestError as error:
                del self._places[name]
                self._say(items.denied(name.text, error))
                self._news.set()

    def _say(self, told: Told) -> None:
        self._said.append(told.item)

    def _written(self) -> bytes:
        written, cursors = list(self._said), {}
        size = sum(len(each) for each in written)
        for feed, at in self._places.values():
            found, reached = feed.after(at), at
            if isinstance(found, str):
                reached = feed.cursor
                written.append(items.reset(feed.channel, reached, found).item)
                self._desk.meter.resets[found] += 1
                found = ()
            if feed.is_stale:
                written.append(items.stale(feed.channel).item)
            for message in found:
                size += len(message.item)
                if size > ITEMS_LIMIT_BYTES:
                    break
                written.append(message.item)
                reached = message.cursor
                self._desk.meter.delivered += 1
            cursors[feed.channel] = reached
        told = b",".join([b'"%b":"%b"' % (name.encode(), str(at).encode()) for name, at in cursors.items()])
        return b'{"items":[%b],"cursors":{%b}}' % (b",".join(written), told)
