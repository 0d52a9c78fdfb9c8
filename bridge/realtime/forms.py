"""How items stand on the wire of each transport."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from bridge.realtime.batch import Batch
from bridge.realtime.cursor import Cursor
from bridge.realtime.frames import text_frame
from bridge.realtime.message import Message

Item = Message | bytes
Places = Mapping[str, Cursor]


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
        return b"".join([item.frame if isinstance(item, Message) else text_frame(item) for item in items])

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

    def _event(self, item: Item, reached: dict[str, Cursor]) -> bytes:
        if isinstance(item, Message):
            reached[item.channel] = item.cursor
            item = item.item
        follow = ",".join(f"{channel}@{cursor}" for channel, cursor in reached.items())
        return b"id: %b\ndata: %b\n\n" % (follow.encode(), item)


def digests(items: Sequence[Item]) -> bytes:
    """Return what a seal over these names."""
    return b"\n".join([item.digest if isinstance(item, Message) else digest(item) for item in items])


def digest(item: bytes) -> bytes:
    return b64encode(hashlib.sha256(item).digest())


FRAMES: Final = Frames()
EVENTS: Final = Events()
