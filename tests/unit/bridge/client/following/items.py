"""Items of a channel, in few words."""

from bridge.client.following.events import Coalesced, Live, Message, Reset, ResetReason, Stale
from bridge.client.following.items import Following

ROOM = "project/01m4/01m5"
EPOCH = "00000000000000ab"
OTHER_EPOCH = "00000000000000cd"


def at(offset: int, epoch: str = EPOCH) -> str:
    return f"{epoch}.{offset}"


def message(offset: int, epoch: str = EPOCH) -> Message:
    return Message(ROOM, at(offset, epoch), 1_700_000_000_000, None, offset)


def begins(offset: int, epoch: str = EPOCH) -> Following:
    return Following(ROOM, at(offset, epoch))


def live(offset: int, epoch: str = EPOCH) -> Live:
    return Live(ROOM, at(offset, epoch))


def reset(offset: int, epoch: str = EPOCH, reason: ResetReason = "behind") -> Reset:
    return Reset(ROOM, at(offset, epoch), reason)


def coalesced(*offsets: int) -> Coalesced:
    return Coalesced(ROOM, offsets)


STALE = Stale(ROOM, "The store is away.")
