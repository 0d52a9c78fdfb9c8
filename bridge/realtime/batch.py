"""Messages of one channel that go out together: put into bytes once for each transport, whoever takes them."""

from collections.abc import Sequence
from functools import cached_property
from time import monotonic
from typing import Final

from bridge.realtime.message import AROUND_BYTES, Message

# What goes out under one seal: a client takes at most 256 items or 1 MiB without one, with all that stands around data.
PART_ITEMS: Final = 256
PART_BYTES: Final = 512 * 1024


class Batch:
    """At least one message; their offsets follow one another."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = messages
        self.last = messages[-1]
        self.cursor = self.last.cursor

    @cached_property
    def parts(self) -> "Sequence[Batch]":
        """The same in as many as one seal each is for."""
        parts: list[list[Message]] = [[]]
        size = 0
        for message in self.messages:
            if len(parts[-1]) >= PART_ITEMS or (parts[-1] and size + len(message.item) > PART_BYTES):
                parts.append([])
                size = 0
            parts[-1].append(message)
            size += len(message.item)
        return (self,) if len(parts) == 1 else tuple(Batch(part) for part in parts)

    @cached_property
    def waiting(self) -> Sequence[tuple[Message, float]]:
        """As it waits for those who do not read, with the time from which it does: the same for all of them."""
        now = monotonic()
        return [(message, now) for message in self.messages]

    @cached_property
    def waiting_bytes(self) -> int:
        return sum(AROUND_BYTES + message.size for message in self.messages)

    @cached_property
    def frames(self) -> bytes:
        """All of them as frames of a WebSocket."""
        if len(self.messages) == 1:
            return self.last.frame
        return b"".join([message.frame for message in self.messages])

    @cached_property
    def events(self) -> bytes:
        """All of them as events for whoever follows this channel alone."""
        return b"".join([message.event for message in self.messages])

    @cached_property
    def digests(self) -> bytes:
        """As a seal over exactly these names them."""
        return b"\n".join([message.digest for message in self.messages])
