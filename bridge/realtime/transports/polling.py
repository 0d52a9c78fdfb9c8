"""The long-poll: an answer with what is new, at once or when something comes."""

import asyncio
from typing import Final

from backend.errors import RequestError, ServiceError
from bridge.realtime import items
from bridge.realtime.batch import Batch
from bridge.realtime.cursor import EARLIEST, Cursor, read_begin
from bridge.realtime.desk import Desk
from bridge.realtime.feed import Feed, Reason
from bridge.realtime.followers import Follower
from bridge.realtime.names import ChannelName, read_name
from bridge.realtime.places import Wanted

ITEMS_LIMIT_BYTES: Final = 256 * 1024
# Whoever is held is asked so often whether they still may be.
_ASK_SECONDS: Final = 1.0


class Poll:
    """One request: what it wants, and what it is answered with. A member of feeds only while it waits."""

    def __init__(self, desk: Desk, follower: Follower) -> None:
        self._desk = desk
        self._follower = follower
        self._asked_in = desk.generation
        self._names: list[ChannelName] = []
        self._places: list[tuple[Feed, Cursor]] = []
        self._said: list[bytes] = []
        self._news = asyncio.Event()

    async def want(self, wanted: Wanted) -> None:
        for channel, begin_text in wanted:
            try:
                name, begin = read_name(channel), read_begin(begin_text)
                self._follower.check(name)
                feed = await self._desk.hub.feed(channel)
                self._follower.check(name)
            except (RequestError, ServiceError) as error:
                self._said.append(items.denied(channel, error))
                continue
            self._names.append(name)
            if isinstance(begin, Cursor):
                self._places.append((feed, begin))
                continue
            at = Cursor(feed.epoch, feed.base if begin == EARLIEST else feed.top)
            # From here on it has a place, which must not get lost in a long wait.
            self._said.append(items.following(channel, at))
            self._places.append((feed, at))

    async def answer(self, wait_seconds: float) -> bytes:
        """Return the items and the cursors: what there is, or what comes within the wait."""
        has_news = bool(self._said) or any(feed.cursor != at for feed, at in self._places)
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
        until = asyncio.get_running_loop().time() + seconds
        for feed, _ in self._places:
            feed.watch(self)
        self._desk.meter.open["poll"] += 1
        try:
            while not self._news.is_set() and not self._desk.is_draining:
                left = until - asyncio.get_running_loop().time()
                if left <= 0:
                    return
                try:
                    async with asyncio.timeout(min(left, _ASK_SECONDS)):
                        await self._news.wait()
                except TimeoutError:
                    pass
                await self._ask_again()
        finally:
            self._desk.meter.open["poll"] -= 1
            for feed, _ in self._places:
                feed.detach(self)
                self._desk.hub.detached(feed)

    async def _ask_again(self) -> None:
        """Raise where they lost a right meanwhile."""
        generation = self._desk.generation
        if generation is not None and generation == self._asked_in:
            return
        self._asked_in = generation
        self._follower = await self._follower.asked_again()
        for name in self._names:
            self._follower.check(name)

    def _written(self) -> bytes:
        written, cursors, size = list(self._said), {}, 0
        for feed, at in self._places:
            found, reached = feed.after(at), at
            if isinstance(found, str):
                reached = feed.cursor
                written.append(items.reset(feed.channel, reached, found))
                self._desk.meter.resets[found] += 1
                found = ()
            for message in found:
                if size > ITEMS_LIMIT_BYTES:
                    break
                written.append(message.item)
                size += len(message.item)
                reached = message.cursor
                self._desk.meter.delivered += 1
            cursors[feed.channel] = reached
            if feed.is_stale:
                written.append(items.stale(feed.channel))
        told = b",".join([b'"%b":"%b"' % (name.encode(), str(at).encode()) for name, at in cursors.items()])
        return b'{"items":[%b],"cursors":{%b}}' % (b",".join(written), told)
