"""What waits for somebody who does not read: bounded, and of each key only the last where it grows."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from bridge.realtime import items
from bridge.realtime.forms import Item
from bridge.realtime.message import AROUND_BYTES, Message

# From so much on, what has a later message of the same key is left out.
COALESCED_BYTES: Final = 256 * 1024
MOST_BYTES: Final = 1024 * 1024
# As many as a client has to take without a seal.
_PORTION_ITEMS: Final = 256
# Looking through it costs as much as it is long, so it is done when it has grown by so much since the last time.
_GROWTH: Final = 1.5


class Backlog:
    """Items that others have too: what it holds of its own is their order."""

    def __init__(self) -> None:
        self._items: deque[tuple[Item, float]] = deque()
        self.size = 0
        self._coalesced_from: float = COALESCED_BYTES

    def extend(self, added: Iterable[Item], now: float) -> int:
        """Have items wait; return how many were left out as a later one of their key waits too."""
        waiting = [(item, now) for item in added]
        return self.extend_by(waiting, sum(size_of(item) for item, _ in waiting))

    def extend_by(self, waiting: Iterable[tuple[Item, float]], size: int) -> int:
        """The same with what was made once for all who do not read."""
        self._items.extend(waiting)
        self.size += size
        if self.size <= self._coalesced_from:
            return 0
        dropped = self._coalesce()
        self._coalesced_from = min(MOST_BYTES, max(COALESCED_BYTES, self.size * _GROWTH))
        return dropped

    @property
    def is_too_large(self) -> bool:
        return self.size > MOST_BYTES

    def portion(self, most_bytes: int) -> Sequence[Item]:
        """Take what can be written at once from the beginning."""
        taken: list[Item] = []
        taken_bytes = 0
        while self._items and taken_bytes < most_bytes and len(taken) < _PORTION_ITEMS:
            item, _ = self._items.popleft()
            taken.append(item)
            taken_bytes += size_of(item)
        self.size -= taken_bytes
        return taken

    def forget(self, channel: str, *, but: str = "") -> None:
        """Leave out what is said of a channel that is not followed any more, or anew; of one kind it is kept."""
        self._replace([each for each in self._items if each[0].channel != channel or _kind(each[0]) == but])

    def tells_place(self, channel: str) -> bool:
        """Whether a message, a beginning or a reset waits, by which the reader will know its place."""
        return any(item.channel == channel and item.cursor is not None for item, _ in self._items)

    def strike(self, channel: str, kind: str) -> bool:
        """Leave out what was to be said of a channel and does not hold any more; whether there was such a thing."""
        left = [each for each in self._items if each[0].channel != channel or _kind(each[0]) != kind]
        is_struck = len(left) < len(self._items)
        self._replace(left)
        return is_struck

    def waits_since(self) -> float | None:
        """Return when the oldest of it came."""
        return self._items[0][1] if self._items else None

    def _coalesce(self) -> int:
        """Leave out each message that has a later one of its key, and say so; return how many those are."""
        last: dict[tuple[str, str], Message] = {}
        for item, _ in self._items:
            if isinstance(item, Message) and item.key is not None:
                last[item.channel, item.key] = item
        kept: list[tuple[Item, float]] = []
        # By channel, what is left out, and the first place where something was: it is said before what follows there.
        offsets: dict[str, list[int]] = {}
        places: dict[str, tuple[int, float]] = {}
        for item, at in self._items:
            if isinstance(item, Message) and item.key is not None and last[item.channel, item.key] is not item:
                offsets.setdefault(item.channel, []).append(item.cursor.offset)
                places.setdefault(item.channel, (len(kept), at))
            else:
                kept.append((item, at))
        for channel, (place, at) in sorted(places.items(), key=lambda each: each[1][0], reverse=True):
            kept.insert(place, (items.coalesced(channel, offsets[channel]), at))
        self._replace(kept)
        return sum(len(each) for each in offsets.values())

    def _replace(self, left: Sequence[tuple[Item, float]]) -> None:
        self._items = deque(left)
        self.size = sum(size_of(item) for item, _ in left)


def _kind(item: Item) -> str:
    return "message" if isinstance(item, Message) else item.kind


def size_of(item: Item) -> int:
    return AROUND_BYTES + item.size
