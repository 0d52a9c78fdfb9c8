"""What whoever follows a channel is given."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from bridge.client.answers import JsonValue

ResetReason = Literal["epoch", "behind", "ahead"]
RESET_REASONS: Final[tuple[ResetReason, ...]] = get_args(ResetReason)


@dataclass(frozen=True, slots=True)
class Live:
    """What comes from now on comes as it happens, after `cursor`: the first event, and the one after Stale."""

    channel: str
    cursor: str


@dataclass(frozen=True, slots=True)
class Message:
    channel: str
    # The place after it: whoever keeps it goes on from there, after a restart too.
    cursor: str
    # Milliseconds since 1970, by the bridge's clock.
    at: int
    # A message with a key is a state: a later one of the same key takes its place, and None as data ends it.
    key: str | None
    data: JsonValue


@dataclass(frozen=True, slots=True)
class Reset:
    """Messages are missing before `cursor` and cannot be had any more; `Client.state` tells what holds."""

    channel: str
    cursor: str
    # Another life of the channel, a place older than what is kept, or one beyond what there is.
    reason: ResetReason


@dataclass(frozen=True, slots=True)
class Coalesced:
    """These messages are left out because they were read too slowly; each has a later one of its key, which comes."""

    channel: str
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stale:
    """Nothing comes until Live or Reset; nothing is lost by it."""

    channel: str
    # A sentence for a person.
    reason: str


Event: TypeAlias = Message | Reset | Coalesced | Stale | Live
EVENTS: Final[tuple[type[Event], ...]] = get_args(Event)


@dataclass(frozen=True, slots=True)
class StateEntry:
    key: str
    at: int
    cursor: str
    data: JsonValue


@dataclass(frozen=True, slots=True)
class State:
    """What holds in a channel at `cursor`: the last message of each key."""

    channel: str
    cursor: str
    entries: tuple[StateEntry, ...]
