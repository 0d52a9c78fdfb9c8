"""Somebody who follows feeds, and writes down what they are told."""

from dataclasses import dataclass, field

from bridge.realtime.batch import Batch
from bridge.realtime.cursor import Cursor
from bridge.realtime.engines.engine import Kept
from bridge.realtime.feed import Feed, Reason
from bridge.realtime.message import Message
from tests.fakes.held_engine import EPOCH

CHANNEL = "tenant/0000000000000000000000000a"


def message(
    offset: int, *, data: bytes = b"1", key: str | None = None, epoch: str = EPOCH, channel: str = CHANNEL, at: int = 0
) -> Message:
    return Message(channel, Cursor(epoch, offset), at or 1_700_000_000_000 + offset, key, data)


def kept(*offsets: int, top: int | None = None, epoch: str = EPOCH) -> Kept:
    """Return what an engine keeps: messages of these offsets, of which the last is the top."""
    highest = (offsets[-1] if offsets else 0) if top is None else top
    return Kept(Cursor(epoch, highest), tuple(message(each, epoch=epoch) for each in offsets))


@dataclass(eq=False)
class Told:
    """A member, and what it was told in order: offsets of messages, and words for everything else."""

    said: list[object] = field(default_factory=list)

    def begun(self, feed: Feed, at: Cursor) -> None:  # noqa: ARG002 - a member of one feed
        self.said.append(f"begun {at.offset}")

    def take(self, feed: Feed, batch: Batch) -> None:  # noqa: ARG002 - the same
        self.said += [each.cursor.offset for each in batch.messages]

    def reset(self, feed: Feed, at: Cursor, reason: Reason) -> None:  # noqa: ARG002 - the same
        self.said.append(f"reset {reason} {at.offset}")

    def stale(self, feed: Feed) -> None:  # noqa: ARG002 - the same
        self.said.append("stale")

    def live(self, feed: Feed) -> None:
        self.said.append(f"live {feed.cursor.offset}")
