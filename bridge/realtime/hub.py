"""The channels that this process follows, kept in step with the engine whatever it forgets or misses."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Final

from backend.errors import Crowded, StoreUnavailable
from bridge.realtime.cursor import LATEST, Begin, Cursor
from bridge.realtime.engines.engine import Engine, Kept
from bridge.realtime.feed import Feed
from bridge.realtime.going import keep_going
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.message import Message
from bridge.realtime.meter import StreamMeter
from bridge.realtime.post import Post
from bridge.realtime.timing import Timing

MOST_FEEDS: Final = 10_000
# The first answer may have been on its way when the place came to be.
_TRIES: Final = 2

_log = logging.getLogger(__name__)


class Hub:
    """Listens to the engine. Every method but `feed` is called in the loop, and does not wait."""

    def __init__(
        self, engine: Engine, limits: HistoryLimits, meter: StreamMeter, timing: Timing, *, most_feeds: int = MOST_FEEDS
    ) -> None:
        self._engine = engine
        self._limits = limits
        self._meter = meter
        self._timing = timing
        self._most_feeds = most_feeds
        self._loop = asyncio.get_running_loop()
        # What a batch is handed out by, one at a time.
        self.post = Post()
        self._feeds: dict[str, Feed] = {}
        self._opening: dict[str, asyncio.Task[Feed]] = {}
        # What arrives while the engine is asked, and is put in its place afterwards.
        self._early: dict[str, list[Message]] = {}
        self._closing: dict[str, asyncio.Task[None]] = {}
        self._refilling: dict[str, asyncio.Task[None]] = {}
        self._unused_since: dict[str, float] = {}
        self._is_away = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Follow until the block is left."""
        await self._engine.start(self)
        tending = asyncio.create_task(keep_going(self._tend, pause_seconds=self._timing.again_seconds))
        try:
            yield
        finally:
            tasks = [tending, *self._opening.values(), *self._refilling.values(), *self._closing.values()]
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            await self._engine.close()

    @property
    def feeds(self) -> list[Feed]:
        return list(self._feeds.values())

    async def feed(self, channel: str, begin: Begin = LATEST) -> Feed:
        """Return the channel, in step with the engine as far as a place; StoreUnavailable where it cannot be asked."""
        feed = await self._found(channel)
        if isinstance(begin, Cursor):
            await self._reach(feed, begin)
        return feed

    async def _found(self, channel: str) -> Feed:
        found = self._feeds.get(channel)
        if found is not None:
            if not found.members:
                self._unused_since[channel] = monotonic()
            return found
        task = self._opening.get(channel)
        if task is None:
            if len(self._feeds) + len(self._opening) >= self._most_feeds:
                raise Crowded("More channels are followed here than there is room for; come back a little later.")
            task = self._opening[channel] = asyncio.create_task(self._open(channel))
            task.add_done_callback(lambda done: self._opened(channel, done))
        return await asyncio.shield(task)

    def arrived(self, message: Message) -> None:
        channel = message.channel
        early = self._early.get(channel)
        if early is not None:
            early.append(message)
            return
        feed = self._feeds.get(channel)
        # One that nobody follows any more may still come for a moment.
        if feed is not None and not feed.add(message):
            self._refill(feed, [message])

    def lost(self) -> None:
        self._is_away = True
        for feed in self._feeds.values():
            feed.mark_stale()

    def found(self) -> None:
        self._is_away = False
        for feed in self._feeds.values():
            self._refill(feed, [])

    def detached(self, feed: Feed) -> None:
        """Note that somebody left; told by whoever took them off."""
        if not feed.members:
            self._unused_since.setdefault(feed.channel, monotonic())

    async def _reach(self, feed: Feed, place: Cursor) -> None:
        """Ask the engine before a place is said to be none: another worker may have told of it already."""
        for _ in range(_TRIES):
            if feed.missing(place) not in {"epoch", "ahead"}:
                return
            top = (await self._engine.tops([feed.channel]))[feed.channel]
            if top.epoch == feed.epoch and top.offset <= feed.top:
                return
            self._refill(feed, [])
            # What fails goes on in the background; whoever waits for it comes back.
            done, _ = await asyncio.wait([self._refilling[feed.channel]], timeout=self._timing.again_seconds)
            if not done:
                raise StoreUnavailable("What is new in this channel cannot be asked for now; follow it a little later.")

    async def _open(self, channel: str) -> Feed:
        """Listen first and read then: what is published in between comes twice, and is taken once."""
        closing = self._closing.get(channel)
        if closing is not None:
            await asyncio.wait([closing])
        early = self._early[channel] = []
        try:
            await self._engine.listen(channel)
            feed = Feed(channel, self._limits, self._loop.call_soon, self.post)
            try:
                feed.load(await self._engine.read(channel))
            except StoreUnavailable:
                await self._engine.unlisten(channel)
                raise
        finally:
            del self._early[channel]
        self._feeds[channel] = feed
        self._unused_since[channel] = monotonic()
        if self._is_away:
            feed.is_stale = True
        self._put(feed, early)
        return feed

    def _opened(self, channel: str, task: asyncio.Task[Feed]) -> None:
        del self._opening[channel]
        # Looked at here as well, as whoever asked may have gone.
        if not task.cancelled():
            task.exception()

    def _put(self, feed: Feed, messages: list[Message]) -> None:
        for place, message in enumerate(messages):
            if not feed.add(message):
                self._refill(feed, messages[place:])
                return

    def _refill(self, feed: Feed, messages: list[Message]) -> None:
        """Ask the engine for what is missing; what arrives meanwhile comes after it."""
        channel = feed.channel
        if channel in self._refilling:
            self._early[channel] += messages
            return
        self._early[channel] = messages
        self._meter.refilled += 1
        self._refilling[channel] = asyncio.create_task(self._read_again(feed))

    async def _read_again(self, feed: Feed) -> None:
        channel = feed.channel
        try:
            while True:
                try:
                    kept = await self._engine.read(channel, Cursor(feed.epoch, feed.top))
                    if kept.top.epoch != feed.epoch or _begins_after(kept, feed.top):
                        kept = await self._engine.read(channel)
                except StoreUnavailable:
                    feed.mark_stale()
                    await asyncio.sleep(self._timing.again_seconds)
                    continue
                feed.load(kept)
                early, self._early[channel] = self._early[channel], []
                if all(feed.add(message) for message in early):
                    break
        finally:
            del self._early[channel], self._refilling[channel]
        if feed.is_stale and not self._is_away:
            feed.mark_live()

    async def _tend(self) -> None:
        checked_at = monotonic()
        while True:
            await asyncio.sleep(self._timing.sweep_seconds)
            await self._let_go(monotonic() - self._timing.linger_seconds)
            if monotonic() - checked_at >= self._timing.check_seconds:
                checked_at = monotonic()
                await self._check()

    async def _let_go(self, unused_before: float) -> None:
        """Follow no more what nobody asked for in a while."""
        for channel, since in list(self._unused_since.items()):
            feed = self._feeds.get(channel)
            if feed is None or feed.members:
                del self._unused_since[channel]
            elif since < unused_before and channel not in self._refilling:
                del self._unused_since[channel], self._feeds[channel]
                closing = self._closing[channel] = asyncio.create_task(self._engine.unlisten(channel))
                await asyncio.wait([closing])
                del self._closing[channel]

    async def _check(self) -> None:
        """Compare each channel with the engine: a message that never arrived is noticed, though nothing follows it."""
        feeds = {feed.channel: feed for feed in self._feeds.values() if not feed.is_stale}
        before = {feed.channel: feed.top for feed in feeds.values()}
        if not feeds:
            return
        try:
            tops = await self._engine.tops(list(feeds))
        except StoreUnavailable:
            _log.warning("the channels cannot be compared with their engine now")
            return
        for channel, top in tops.items():
            feed = feeds[channel]
            # What is published while the answer is on its way may be ahead of it here; what was before may not.
            if top.epoch != feed.epoch or top.offset > feed.top or top.offset < before[channel]:
                self._refill(feed, [])
            else:
                feed.mark_live()


def _begins_after(kept: Kept, top: int) -> bool:
    """Whether something between a place and the first message that is kept is gone."""
    first = kept.messages[0].cursor.offset if kept.messages else kept.top.offset + 1
    return first > top + 1
