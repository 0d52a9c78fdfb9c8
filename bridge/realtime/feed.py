"""One channel in this process: what is kept of it, in step with the engine, and who follows it."""

from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final, Literal, Protocol

from bridge.realtime.batch import Batch
from bridge.realtime.cursor import EARLIEST, Begin, Cursor
from bridge.realtime.engines.engine import Kept
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.message import Message
from bridge.realtime.post import Post

Reason = Literal["epoch", "behind", "ahead"]
# What many that come back at once missed is put together once for all who missed the same.
_GAPS_REMEMBERED: Final = 64


class Member(Protocol):
    """Somebody who follows a channel; called in the loop, and does not wait."""

    def begun(self, feed: "Feed", at: Cursor) -> None: ...
    def take(self, feed: "Feed", batch: Batch) -> None: ...
    def reset(self, feed: "Feed", at: Cursor, reason: Reason) -> None: ...
    def stale(self, feed: "Feed") -> None: ...
    def live(self, feed: "Feed") -> None: ...


class Feed:
    """Its messages are without a gap from `base` to `top`, and everybody who follows has had all up to `top`.

    What arrived in one turn of the loop goes out together at its end, so `top` may be ahead of the members until then.
    """

    def __init__(
        self,
        channel: str,
        limits: HistoryLimits,
        soon: Callable[[Callable[[], None]], object],
        post: Post | None = None,
    ) -> None:
        self.channel = channel
        self.members: dict[Member, None] = {}
        self.is_stale = False
        self.epoch = ""
        self.top = 0
        self._limits = limits
        self._post = post or Post()
        self._soon = soon
        self._kept: deque[Message] = deque()
        self._kept_bytes = 0
        self._due: list[Message] = []
        self._gaps: dict[int, Batch] = {}

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.epoch, self.top)

    @property
    def base(self) -> int:
        """The offset before the first message that is kept."""
        return self.top - len(self._kept)

    def load(self, kept: Kept) -> None:
        """Take over what the engine keeps; whoever follows is reset unless it only goes on."""
        if self._goes_on(kept):
            for message in kept.messages:
                if message.cursor.offset > self.top:
                    self._add(message)
            return
        self.flush()
        reason = self._missing_in(kept)
        self.epoch, self.top = kept.top
        self._kept = deque(kept.messages)
        self._kept_bytes = sum(message.size for message in self._kept)
        self._gaps.clear()
        for member in list(self.members):
            member.reset(self, self.cursor, reason)

    def add(self, message: Message) -> bool:
        """Take what arrived; false where something before it is missing, so that the engine has to be asked."""
        if message.cursor.epoch != self.epoch or message.cursor.offset > self.top + 1:
            return False
        if message.cursor.offset == self.top + 1:
            self._add(message)
        return True

    def flush(self) -> None:
        """Give everybody what arrived since the last time."""
        if not self._due:
            return
        batch, self._due = Batch(self._due), []
        with self._post:
            for member in list(self.members):
                member.take(self, batch)

    def attach(self, member: Member, begin: Begin) -> None:
        """Have somebody follow from a place: nothing lies between what they are given here and what comes."""
        self.flush()
        self.members[member] = None
        if isinstance(begin, Cursor):
            at, reason = begin, self.missing(begin)
            if reason is not None:
                member.reset(self, self.cursor, reason)
                at = self.cursor
        else:
            at = Cursor(self.epoch, self.base if begin == EARLIEST else self.top)
        member.begun(self, at)
        if at.offset < self.top:
            member.take(self, self.gap(at.offset))
        if self.is_stale:
            member.stale(self)

    def watch(self, member: Member) -> None:
        """Have somebody told of what comes, who asks for what there is themselves."""
        self.flush()
        self.members[member] = None

    def detach(self, member: Member) -> None:
        self.members.pop(member, None)

    def gap(self, offset: int) -> Batch:
        """Return what came after an offset that is kept."""
        found = self._gaps.get(offset)
        if found is None:
            if len(self._gaps) >= _GAPS_REMEMBERED:
                self._gaps.clear()
            found = self._gaps[offset] = Batch(tuple(islice(self._kept, offset - self.base, None)))
        return found

    def after(self, cursor: Cursor) -> Sequence[Message] | Reason:
        """Return what came after a place, or why that cannot be said."""
        reason = self.missing(cursor)
        if reason is not None:
            return reason
        return () if cursor.offset == self.top else self.gap(cursor.offset).messages

    def mark_stale(self) -> None:
        if not self.is_stale:
            self.is_stale = True
            self.flush()
            for member in list(self.members):
                member.stale(self)

    def mark_live(self) -> None:
        self.is_stale = False
        self.flush()
        for member in list(self.members):
            member.live(self)

    def missing(self, cursor: Cursor) -> Reason | None:
        """Return why whoever stands there cannot go on from there, if they cannot."""
        if cursor.epoch != self.epoch:
            return "epoch"
        if cursor.offset > self.top:
            return "ahead"
        return "behind" if cursor.offset < self.base else None

    def _missing_in(self, kept: Kept) -> Reason:
        """Return why whoever had all up to here cannot go on with what the engine keeps."""
        if kept.top.epoch != self.epoch:
            return "epoch"
        return "ahead" if kept.top.offset < self.top else "behind"

    def _goes_on(self, kept: Kept) -> bool:
        if kept.top.epoch != self.epoch or kept.top.offset < self.top:
            return False
        if kept.top.offset == self.top:
            return True
        return bool(kept.messages) and kept.messages[0].cursor.offset <= self.top + 1

    def _add(self, message: Message) -> None:
        if not self._due:
            self._soon(self.flush)
        self._due.append(message)
        self.top = message.cursor.offset
        self._kept.append(message)
        self._kept_bytes += message.size
        self._gaps.clear()
        self._trim(message.at)

    def _trim(self, now: int) -> None:
        limits, kept = self._limits, self._kept
        oldest_at = now - limits.age_seconds * 1000
        while len(kept) > 1 and (
            len(kept) > limits.messages or self._kept_bytes > limits.bytes or kept[0].at < oldest_at
        ):
            self._kept_bytes -= kept.popleft().size
