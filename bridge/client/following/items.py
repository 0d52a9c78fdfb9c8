"""The items of a stream, read once they are believed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

from bridge.client.answers import JsonValue
from bridge.client.fields import Fields, FieldWrong
from bridge.client.following.cursor import read_cursor
from bridge.client.following.events import RESET_REASONS, Coalesced, Live, Message, Reset, Stale, State, StateEntry

STORE_IS_AWAY: Final = "The store of the bridge is away; nothing comes until it is there again."


@dataclass(frozen=True, slots=True)
class Following:
    """The first item of a channel: where it begins."""

    channel: str
    cursor: str


@dataclass(frozen=True, slots=True)
class Denied:
    """The channel is not followed, or not any more."""

    channel: str
    status: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Left:
    channel: str


@dataclass(frozen=True, slots=True)
class Bye:
    """The stream ends."""

    code: str
    detail: str
    retry_after_seconds: float


@dataclass(frozen=True, slots=True)
class Welcome:
    stream: str
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class Extended:
    """The stream goes on with the new session."""


OfChannel: TypeAlias = Following | Message | Reset | Coalesced | Stale | Live | Denied | Left
Item: TypeAlias = OfChannel | Bye | Welcome | Extended


def read_item(told: Fields) -> Item | None:
    """Return the item; None for one that this program does not know, FieldWrong for one of another form."""
    read = _READERS.get(told.text("type"))
    return None if read is None else read(told)


def read_state(body: bytes) -> State:
    told = Fields.read(body)
    entries = tuple(
        StateEntry(each.text("key"), each.number("at"), _cursor(each), _json(each, "data"))
        for each in told.groups("entries")
    )
    return State(told.text("channel"), _cursor(told), entries)


def _following(told: Fields) -> Item:
    return Following(told.text("channel"), _cursor(told))


def _message(told: Fields) -> Item:
    key = told.text_or_none("key")
    return Message(told.text("channel"), _cursor(told), told.number("at"), key, _json(told, "data"))


def _reset(told: Fields) -> Item:
    reason = told.text("reason")
    for known in RESET_REASONS:
        if reason == known:
            return Reset(told.text("channel"), _cursor(told), known)
    raise FieldWrong("reason is none that this program knows")


def _coalesced(told: Fields) -> Item:
    return Coalesced(told.text("channel"), told.numbers("offsets", least=1))


def _live(told: Fields) -> Item:
    return Live(told.text("channel"), _cursor(told))


def _denied(told: Fields) -> Item:
    return Denied(told.text("channel"), told.number("status"), told.text("code"), told.text("detail"))


def _bye(told: Fields) -> Item:
    return Bye(told.text("code"), told.text("detail"), told.seconds("retry_after_seconds"))


def _welcome(told: Fields) -> Item:
    return Welcome(told.text("stream"), told.flag("sealed"))


_READERS: Final[Mapping[str, Callable[[Fields], Item]]] = {
    "following": _following,
    "message": _message,
    "reset": _reset,
    "coalesced": _coalesced,
    "stale": lambda told: Stale(told.text("channel"), STORE_IS_AWAY),
    "live": _live,
    "denied": _denied,
    "left": lambda told: Left(told.text("channel")),
    "bye": _bye,
    "welcome": _welcome,
    "extended": lambda _told: Extended(),
}


def _cursor(told: Fields) -> str:
    text = told.text("cursor")
    read_cursor(text)
    return text


def _json(told: Fields, name: str) -> JsonValue:
    # It was parsed as JSON, so it is JSON.
    return cast("JsonValue", told.anything(name))
