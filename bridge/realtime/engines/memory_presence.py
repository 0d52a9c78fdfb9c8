"""Who follows a channel, in the memory of a worker."""

from collections import OrderedDict
from collections.abc import Sequence

from bridge.realtime.engines.engine import Present


class MemoryPresence:
    def __init__(self) -> None:
        # By channel, then by id: who, and until when. Who was told of last stands last.
        self._channels: OrderedDict[str, OrderedDict[str, tuple[Present, float]]] = OrderedDict()

    def enter(self, channel: str, present: Present, *, now: float, seconds: float) -> None:
        there = self._channels.setdefault(channel, OrderedDict())
        before = there.get(present.id)
        until = now + seconds
        there[present.id] = present, until if before is None else max(until, before[1])
        there.move_to_end(present.id)
        self._channels.move_to_end(channel)
        # Whoever went without a word is forgotten at last: each that comes looks at the channel that waits longest.
        longest = next(iter(self._channels))
        self._channels.move_to_end(longest)
        self._forget(longest, now)

    def leave(self, channel: str, present_id: str, *, now: float) -> None:
        self._channels.get(channel, OrderedDict()).pop(present_id, None)
        self._forget(channel, now)

    def present(self, channel: str, *, now: float) -> Sequence[Present]:
        self._forget(channel, now)
        return [present for present, until in self._channels.get(channel, OrderedDict()).values() if until > now]

    def _forget(self, channel: str, now: float) -> None:
        """Forget who went, from the front: looking at everybody each time that one comes would hold the loop."""
        there = self._channels.get(channel)
        while there:
            first = next(iter(there))
            if there[first][1] > now:
                return
            del there[first]
        self._channels.pop(channel, None)
