"""Who follows a channel, in the memory of a worker."""

from collections.abc import Sequence

from bridge.realtime.engines.engine import Present


class MemoryPresence:
    def __init__(self) -> None:
        # By channel, then by id: who, and until when.
        self._channels: dict[str, dict[str, tuple[Present, float]]] = {}

    def enter(self, channel: str, present: Present, *, now: float, seconds: float) -> None:
        there = self._channels.pop(channel, {})
        before = there.get(present.id)
        until = now + seconds
        there[present.id] = present, until if before is None else max(until, before[1])
        self._channels[channel] = there
        # Whoever went without a word is forgotten at last: each that comes looks at the channel that waits longest.
        longest = next(iter(self._channels))
        self._channels[longest] = self._channels.pop(longest)
        self._sweep(longest, now)

    def leave(self, channel: str, present_id: str, *, now: float) -> None:
        self._channels.get(channel, {}).pop(present_id, None)
        self._sweep(channel, now)

    def present(self, channel: str, *, now: float) -> Sequence[Present]:
        self._sweep(channel, now)
        return [present for present, _ in self._channels.get(channel, {}).values()]

    def _sweep(self, channel: str, now: float) -> None:
        there = self._channels.get(channel, {})
        left = {each: entry for each, entry in there.items() if entry[1] > now}
        if left:
            self._channels[channel] = left
        else:
            self._channels.pop(channel, None)
