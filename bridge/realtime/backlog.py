"""What waits for somebody who does not read: bounded, and of each key only the last where it grows."""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from bridge.realtime import items
from bridge.realtime.forms import Item
from bridge.realtime.message import Message

# From so much on, what has a later message of the same key is left out.
COALESCED_BYTES: Final = 256 * 1024
MOST_BYTES: Final = 1024 * 1024
MOST_SECONDS: Final = 10.0
# What an item takes beside its data, so that many small ones are not free.
_ITEM_BYTES: Final = 64
# As many as a client has to take without a seal.
_PORTION_ITEMS: Final = 256


class Backlog:
    """Items that others have too: what it holds of its own is their order."""

    def __init__(self) -> None:
        self._items: deque[tuple[Item, float]] = deque()
        self.size = 0

    def extend(self, added: Iterable[Item], now: float) -> None:
        for item in added:
            self._items.append((item, now))
            self.size += _size(item)

    def portion(self, most_bytes: int) -> Sequence[Item]:
        """Take what can be written at once from the beginning."""
        taken: list[Item] = []
        taken_bytes = 0
        while self._items and taken_bytes < most_bytes and len(taken) < _PORTION_ITEMS:
            item, _ = self._items.popleft()
            taken.append(item)
            taken_bytes += _size(item)
        self.size -= taken_bytes
        return taken

    def forget(self, channel: str) -> None:
        """Leave out the messages of a channel that is not followed any more, or anew."""
        self._replace(
            [each for each in self._items if not (isinstance(each[0], Message) and each[0].channel == channel)]
        )

    def is_too_old(self, now: float) -> bool:
        return bool(self._items) and now - self._items[0][1] > MOST_SECONDS

    def coalesce(self) -> int:
        """Leave out each message that has a later one of its key, and say so; return how many those are."""
        last: dict[tuple[str, str], Message] = {}
        for item, _ in self._items:
            if isinstance(item, Message) and item.key is not None:
                last[item.channel, item.key] = item
        dropped: list[Message] = []
        kept: list[tuple[Item, float]] = []
        # The first place of each channel where something was left out, as it has to be said before what follows it.
        places: dict[str, int] = {}
        since: dict[str, float] = {}
        for item, at in self._items:
            if isinstance(item, Message) and item.key is not None and last[item.channel, item.key] is not item:
                dropped.append(item)
                places.setdefault(item.channel, len(kept))
                since.setdefault(item.channel, at)
            else:
                kept.append((item, at))
        for channel, place in sorted(places.items(), key=lambda each: each[1], reverse=True):
            offsets = [message.cursor.offset for message in dropped if message.channel == channel]
            kept.insert(place, (items.coalesced(channel, offsets), since[channel]))
        self._replace(kept)
        return len(dropped)

    def _replace(self, left: Sequence[tuple[Item, float]]) -> None:
        self._items = deque(left)
        self.size = sum(_size(item) for item, _ in left)


def _is_of(item: Item, channel: str) -> bool:
    return isinstance(item, Message) and item.channel == channel


def _size(item: Item) -> int:
    return _ITEM_BYTES + (item.size if isinstance(item, Message) else len(item))
