"""Where channels are kept: one interface, an engine in memory and one on a Redis server, one suite of conformance.

A channel comes to be when it is first published in or read; with it its epoch, which is drawn at random. Whatever an
engine forgets or cannot be sure of any more ends the epoch: a cursor of it is then a reset, never a silent hole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bridge.realtime.cursor import Cursor
from bridge.realtime.message import Message, NewMessage


@dataclass(frozen=True, slots=True)
class Published:
    cursor: Cursor
    # It was published before under its idempotency key; nothing was added now.
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a channel: its top, and the messages up to it without a gap."""

    top: Cursor
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True)
class State:
    """What holds at `top`: the last message of each key."""

    top: Cursor
    entries: Sequence[Message]


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who follows a channel."""

    id: str
    # A device, a game_key, a person or an api_key.
    kind: str
    since: int


class Listener(Protocol):
    """Who is told what comes in; called in the loop, and does not wait."""

    def arrived(self, message: Message) -> None:
        """Take a message of a channel that is listened to; it may come twice, and after one that is missing."""
        ...

    def lost(self) -> None:
        """From now on nothing may come: all that is followed is stale."""
        ...

    def found(self) -> None:
        """It comes again, for each channel that is listened to; what was missed has to be read."""
        ...


class Engine(Protocol):
    async def start(self, listener: Listener) -> None:
        """Begin; SettingsError where the engine can never be right. One that is away may come later."""
        ...

    async def close(self) -> None: ...

    async def publish(self, channel: str, new: NewMessage) -> Published:
        """Add a message, whole or not at all.

        LimitReached where its key would make the state too large, StoreUnavailable where nobody can say what became of
        it: sent again with its idempotency key it is added once.
        """
        ...

    async def listen(self, channel: str) -> None:
        """Have the listener told of each message; what is published after this returned comes. StoreUnavailable."""
        ...

    async def unlisten(self, channel: str) -> None: ...

    async def read(self, channel: str, after: Cursor | None = None) -> Kept:
        """Return what is kept, after a place where it is of this epoch and not too old. StoreUnavailable."""
        ...

    async def tops(self, channels: Sequence[str]) -> Mapping[str, Cursor]:
        """Return where channels stand, for the check that nothing was missed. StoreUnavailable."""
        ...

    async def state(self, channel: str) -> State:
        """Return what holds. StoreUnavailable."""
        ...

    async def enter(self, channel: str, present: Present, *, seconds: int) -> None:
        """Have somebody count as present for so long, or longer. StoreUnavailable."""
        ...

    async def leave(self, channel: str, present_id: str) -> None: ...

    async def present(self, channel: str) -> Sequence[Present]: ...
