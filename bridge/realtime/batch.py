"""Messages of one channel that go out together: put into bytes once for each transport, whoever takes them."""

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from bridge.realtime.message import Message

# As much as goes under one seal: a client takes 256 items or a megabyte without one.
MOST_TOGETHER: Final = 256
MOST_TOGETHER_BYTES: Final = 256 * 1024


class Batch:
    """At least one message; their offsets follow one another."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = messages
        self.last = messages[-1]

    @cached_property
    def parts(self) -> "Sequence[Batch]":
        """Return it as batches of which each goes under one seal."""
        parts: list[list[Message]] = [[]]
        size = 0
        for message in self.messages:
            size += message.size
            if parts[-1] and (len(parts[-1]) >= MOST_TOGETHER or size > MOST_TOGETHER_BYTES):
                parts.append([])
                size = message.size
            parts[-1].append(message)
        return (self,) if len(parts) == 1 else tuple(Batch(part) for part in parts)

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
