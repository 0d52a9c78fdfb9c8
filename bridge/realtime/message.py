"""One message of a channel, and its bytes for each transport: made once, whoever they are for."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import orjson

from bridge.realtime.cursor import Cursor
from bridge.realtime.digest import digest
from bridge.realtime.frames import text_frame

# Of the JSON of `data`; with what stands around it a frame is below 64 KiB.
DATA_LIMIT_BYTES: Final = 60 * 1024
KEY_LIMIT: Final = 128
# What an item that waits takes beside its data, so that many small ones are not free.
AROUND_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What is to be published: `data` is JSON as bytes, which nobody reads again on its way."""

    data: bytes
    # A later message of the same key takes its place; `null` as data ends it.
    key: str | None = None
    # Published once, however often it is tried within the time that it is remembered.
    idempotency_key: str | None = None

    @property
    def ends_key(self) -> bool:
        return self.key is not None and self.data == b"null"


@dataclass(frozen=True)  # no slots: what is made of it is kept beside it
class Message:
    channel: str
    cursor: Cursor
    # Milliseconds since 1970.
    at: int
    key: str | None
    data: bytes

    @cached_property
    def item(self) -> bytes:
        """As JSON."""
        head = {"type": "message", "channel": self.channel, "cursor": str(self.cursor), "at": self.at, "key": self.key}
        return orjson.dumps(head)[:-1] + b',"data":' + self.data + b"}"

    @cached_property
    def frame(self) -> bytes:
        """As a frame of a WebSocket."""
        return text_frame(self.item)

    @cached_property
    def event(self) -> bytes:
        """As a server-sent event for whoever follows this channel alone."""
        return b"id: %b@%b\ndata: %b\n\n" % (self.channel.encode(), str(self.cursor).encode(), self.item)

    @cached_property
    def digest(self) -> bytes:
        """As a seal names it."""
        return digest(self.item)

    @property
    def size(self) -> int:
        return len(self.data)
