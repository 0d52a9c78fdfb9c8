"""What crosses the wire of channels, beside the items of streams."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field

_Header = Annotated[str, Field(max_length=1024, pattern=r"^[\x20-\x7e]*$")]
ChannelText = Annotated[str, Field(min_length=1, max_length=80)]
BeginText = Annotated[str, Field(min_length=1, max_length=40)]
FollowText = Annotated[str, Field(min_length=1, max_length=2048)]
TicketText = Annotated[str, Field(max_length=256)]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The three headers of a signed request, in a frame."""

    content_digest: _Header
    signature_input: _Header
    signature: _Header


@dataclass(frozen=True, slots=True)
class Hello(Spoken):
    type: Literal["hello"]


@dataclass(frozen=True, slots=True)
class Extend(Spoken):
    type: Literal["extend"]


@dataclass(frozen=True, slots=True)
class Follow:
    type: Literal["follow"]
    channel: ChannelText
    begin: BeginText


@dataclass(frozen=True, slots=True)
class Leave:
    type: Literal["leave"]
    channel: ChannelText


@dataclass(frozen=True, slots=True)
class Ping:
    type: Literal["ping"]


@dataclass(frozen=True, slots=True)
class StreamQuery:
    ticket: TicketText | None = None


@dataclass(frozen=True, slots=True)
class EventsQuery:
    follow: FollowText
    ticket: TicketText | None = None


@dataclass(frozen=True, slots=True)
class UpdatesQuery:
    follow: FollowText
    wait: Annotated[int, Field(ge=0, le=20)] = 0


@dataclass(frozen=True, slots=True)
class ChannelQuery:
    channel: ChannelText


@dataclass(frozen=True, slots=True)
class StreamPath:
    stream_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$")]


@dataclass(frozen=True, slots=True)
class Extended:
    expires_in_seconds: int


@dataclass(frozen=True, slots=True)
class Entry:
    key: str
    at: int
    cursor: str
    data: Any


@dataclass(frozen=True, slots=True)
class StateShown:
    channel: str
    cursor: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class PresentShown:
    kind: str
    id: str
    since: int


@dataclass(frozen=True, slots=True)
class PresenceShown:
    channel: str
    present: tuple[PresentShown, ...]
