"""Channels in the memory of the one worker of a bridge: whoever listens is told while a message is published."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from bridge.realtime.cursor import Cursor, new_epoch
from bridge.realtime.engines.engine import Kept, Listener, Present, Published, State
from bridge.realtime.engines.memory_channel import MemoryChannel
from bridge.realtime.engines.memory_presence import MemoryPresence
from bridge.realtime.engines.memory_repeats import MemoryRepeats
from bridge.realtime.engines.refusals import too_many_channels
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.message import NewMessage
from bridge.wall_clock import now_milliseconds

CHANNELS_MOST: Final = 10_000
# About 300 bytes each.
REMEMBERED_MOST: Final = 100_000


class MemoryEngine:
    def __init__(
        self,
        limits: HistoryLimits,
        *,
        channels_most: int = CHANNELS_MOST,
        remembered_most: int = REMEMBERED_MOST,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = limits
        self._channels_most = channels_most
        self._clock = clock
        # The one that was used last stands last.
        self._channels: dict[str, MemoryChannel] = {}
        self._listener: Listener | None = None
        self._listened: set[str] = set()
        self._presence = MemoryPresence()
        self._repeats = MemoryRepeats(seconds=limits.idempotency_seconds, most=remembered_most)

    async def start(self, listener: Listener) -> None:
        self._listener = listener

    async def close(self) -> None:
        self._listener = None

    async def publish(self, channel: str, new: NewMessage) -> Published:
        now = self._clock()
        kept = self._made(channel, now)
        if kept is None:
            raise too_many_channels(self._channels_most)
        if new.idempotency_key is not None:
            before = self._repeats.find(channel, new.idempotency_key, now=now)
            if before is not None and before.epoch == kept.top.epoch:
                return Published(before, is_repeat=True)
        message = kept.add(new, at=now_milliseconds(), now=now)
        self._channels[channel] = self._channels.pop(channel)
        if new.idempotency_key is not None:
            self._repeats.remember(channel, new.idempotency_key, message.cursor, now=now)
        if self._listener is not None and channel in self._listened:
            self._listener.arrived(message)
        return Published(message.cursor)

    async def listen(self, channel: str) -> None:
        self._listened.add(channel)

    async def unlisten(self, channel: str) -> None:
        self._listened.discard(channel)

    async def read(self, channel: str, after: Cursor | None = None) -> Kept:
        now = self._clock()
        kept = self._made(channel, now)
        return Kept(_nowhere(), ()) if kept is None else Kept(kept.top, kept.kept(after, now=now))

    async def tops(self, channels: Sequence[str]) -> Mapping[str, Cursor]:
        now = self._clock()
        found = {channel: self._made(channel, now) for channel in channels}
        return {channel: _nowhere() if kept is None else kept.top for channel, kept in found.items()}

    async def state(self, channel: str) -> State:
        kept = self._made(channel, self._clock())
        return State(_nowhere(), ()) if kept is None else State(kept.top, kept.state())

    async def enter(self, channel: str, present: Present, *, seconds: int) -> None:
        self._presence.enter(channel, present, now=self._clock(), seconds=seconds)

    async def leave(self, channel: str, present_id: str) -> None:
        self._presence.leave(channel, present_id, now=self._clock())

    async def present(self, channel: str) -> Sequence[Present]:
        return self._presence.present(channel, now=self._clock())

    def _made(self, name: str, now: float) -> MemoryChannel | None:
        """Return a channel, made where there is none; nothing where there is no room for it."""
        self._forget_idle(now)
        found = self._channels.get(name)
        if found is None and (len(self._channels) < self._channels_most or self._make_room(now)):
            found = self._channels[name] = MemoryChannel(name, self._limits, now=now)
        return found

    def _forget_idle(self, now: float) -> None:
        while self._channels:
            oldest = next(iter(self._channels))
            if now - self._channels[oldest].used_at < self._limits.idle_seconds:
                break
            del self._channels[oldest]

    def _make_room(self, now: float) -> bool:
        """Forget the channel that was idle the longest; of no use to anybody is one without followers and state."""
        for name, channel in self._channels.items():
            if now - channel.used_at <= self._limits.age_seconds:
                break
            if not channel.has_state and name not in self._listened and not self._presence.present(name, now=now):
                del self._channels[name]
                return True
        return False


def _nowhere() -> Cursor:
    """Where a channel begins that there is no room for: the next look at it is a reset."""
    return Cursor(new_epoch(), 0)
