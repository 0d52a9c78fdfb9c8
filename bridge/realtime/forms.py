"""How items stand on the wire of each transport."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from bridge.realtime.batch import Batch
from bridge.realtime.cursor import Begin
from bridge.realtime.frames import text_frame
from bridge.realtime.message import Message
from bridge.realtime.told import Told

Item = Message | Told
Places = Mapping[str, Begin]


class Form(Protocol):
    def batch(self, batch: Batch, places: Places) -> bytes:
        """Return messages, which were put into bytes before if anybody has had them."""
        ...

    def items(self, items: Sequence[Item], places: Places) -> bytes: ...
    def seal(self, seal: bytes) -> bytes: ...


class Frames:
    """Of a WebSocket: the same for everybody."""

    def batch(self, batch: Batch, places: Places) -> bytes:  # noqa: ARG002 - of another form
        return batch.frames

    def items(self, items: Sequence[Item], places: Places) -> bytes:  # noqa: ARG002 - of another form
        return b"".join([item.frame for item in items])

    def seal(self, seal: bytes) -> bytes:
        return text_frame(seal)


class Events:
    """Server-sent: each says where its reader stands in all that they follow."""

    def batch(self, batch: Batch, places: Places) -> bytes:
        if len(places) == 1:
            return batch.events
        return self.items(batch.messages, places)

    def items(self, items: Sequence[Item], places: Places) -> bytes:
        reached = dict(places)
        return b"".join([self._event(item, reached) for item in items])

    def seal(self, seal: bytes) -> bytes:
        return b"data: %b\n\n" % seal

    def _event(self, item: Item, reached: dict[str, Begin]) -> bytes:
        if item.channel is not None and item.cursor is not None:
            reached[item.channel] = item.cursor
        follow = ",".join(f"{channel}@{place}" for channel, place in reached.items())
        return b"id: %b\ndata: %b\n\n" % (follow.encode(), item.item)


def digests(items: Sequence[Item]) -> bytes:
    """Return what a seal over these names."""
    return b"\n".join([item.digest for item in items])


FRAMES: Final = Frames()
EVENTS: Final = Events()
