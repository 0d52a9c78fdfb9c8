"""Messages of one channel that go out together: put into bytes once for each transport, whoever takes them."""

from collections.abc import Sequence
from functools import cached_property

from bridge.realtime.message import Message


class Batch:
    """At least one message; their offsets follow one another."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = messages
        self.last = messages[-1]

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
