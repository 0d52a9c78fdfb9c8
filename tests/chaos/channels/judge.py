"""Judges what followers of channels wrote down: a gap, a message twice, a place that never was.

Pure, and written from the protocol's text (docs/protocol.md, 9). Everything that a follower believed stands in its
record in the order in which it came, over all its connections: as it asks from its last cursor each time, nothing may
come twice even then.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    epoch: str
    offset: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.offset}"


class Begun(NamedTuple):
    """`following`: a connection begins there, at the place of the follower unless it has none yet."""

    at: Place
    is_proven: bool = True


class Got(NamedTuple):
    """A message; `number` says which commit in its channel it tells of, from 1."""

    at: Place
    number: int
    key: str | None = None
    is_proven: bool = True


class WasReset(NamedTuple):
    at: Place
    reason: str
    is_proven: bool = True


class LeftOut(NamedTuple):
    """`coalesced`."""

    offsets: tuple[int, ...]
    is_proven: bool = True


class Told(NamedTuple):
    """Where the bridge says that the follower stands: in `live` and `bye`, the answer of a poll, the id of an event."""

    at: Place
    is_proven: bool = True


Event = Begun | Got | WasReset | LeftOut | Told
# What each follower wrote down of one channel.
Records = Mapping[str, Sequence[Event]]


@dataclass(frozen=True, slots=True)
class End:
    """Where everybody has to come: after the last commit, wherever that stands in the channel."""

    at: Place
    number: int


# What all together got of one channel.
Known = Mapping[Place, Got]


def faults_of(records: Records, end: End) -> list[str]:
    """Return what was wrong, in sentences that begin with the follower's name."""
    known, faults = _together(records)
    faults += _order(known)
    for name, events in records.items():
        faults += [f"{name}: {fault}" for fault in _alone(events, known, end)]
    return faults


def delivered(records: Records) -> int:
    return sum(type(event) is Got for events in records.values() for event in events)


def resets(records: Records) -> Counter[str]:
    return Counter(event.reason for events in records.values() for event in events if isinstance(event, WasReset))


def _together(records: Records) -> tuple[Known, list[str]]:
    """Everybody has to have had the same at each place."""
    known, faults = dict[Place, Got](), list[str]()
    for name, events in records.items():
        for event in events:
            if not isinstance(event, Got):
                continue
            before = known.setdefault(event.at, event)
            if (before.number, before.key) != (event.number, event.key):
                faults.append(f"{name}: commit {event.number} at {event.at}, where another got {before.number}")
    return known, faults


def _order(known: Known) -> Iterator[str]:
    """In one epoch each commit stands once, and in order: how far its number is ahead of its offset never changes."""
    before: Got | None = None
    for place in sorted(known):
        message = known[place]
        if before is not None and before.at.epoch == place.epoch:
            away = place.offset - before.at.offset
            if message.number - before.number != away:
                yield f"all: commit {message.number} at {place} follows {before.number} at {before.at}"
        before = message


def _alone(events: Sequence[Event], known: Known, end: End) -> Iterator[str]:
    follower = _Follower(known)
    for event in events:
        if not event.is_proven:
            yield f"used {event}, which was not proven"
        yield from follower.take(event)
    yield from follower.owed()
    if follower.place != end.at or follower.number != end.number:
        yield f"ended at {follower.place} with commit {follower.number}, and not at {end.at} with {end.number}"


class _Follower:
    """Goes through one record."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self.place: Place | None = None
        # Of the last message in this epoch.
        self.number = 0
        self._over: set[str] = set()
        self._left_out: set[int] = set()
        # The last place of each key whose message was left out, and is to be followed by a later one.
        self._owed: dict[str, int] = {}

    def take(self, event: Event) -> Iterator[str]:
        place = self.place
        if isinstance(event, Begun):
            if place is not None and event.at != place:
                yield f"begun at {event.at}, and stood at {place}"
            self._go_on_from(event.at)
        elif place is None:
            yield f"{event} came before a beginning"
            if isinstance(event, Got | WasReset):
                self._go_on_from(event.at)
        elif isinstance(event, Got):
            yield from self._got(event, place)
        elif isinstance(event, WasReset):
            yield from self._was_reset(event, place)
        elif isinstance(event, LeftOut):
            yield from self._leave_out(event, place)
        elif event.at != place:
            yield f"told to stand at {event.at}, and stood at {place}"

    def owed(self) -> Iterator[str]:
        for key, offset in self._owed.items():
            yield f"{offset} was left out, and nothing later of its key {key} came"

    def _got(self, event: Got, place: Place) -> Iterator[str]:
        epoch, offset = event.at
        if epoch != place.epoch:
            yield f"{event.at} is of another epoch than {place}, without a reset"
        elif offset <= place.offset:
            yield f"{event.at} came after {place}"
        else:
            gap = [each for each in range(place.offset + 1, offset) if each not in self._left_out]
            if gap:
                yield f"a gap from {gap[0]} to {gap[-1]} before {event.at}"
            if event.number <= self.number:
                yield f"commit {event.number} at {event.at} came after {self.number}"
        self.place, self.number = event.at, event.number
        if event.key is not None and self._owed.get(event.key, offset) < offset:
            del self._owed[event.key]

    def _was_reset(self, event: WasReset, place: Place) -> Iterator[str]:
        is_same = event.at.epoch == place.epoch
        if event.reason == "ahead":
            # It stood where the bridge had proven a message to be.
            yield f"{place} is said never to have been"
        elif event.reason == "epoch" and is_same:
            yield f"reset to another epoch at {event.at}, which is that of {place}"
        elif event.reason == "behind" and (not is_same or event.at.offset <= place.offset):
            yield f"reset as behind from {place} to {event.at}"
        if event.at.epoch in self._over:
            yield f"{event.at} is of an epoch that was over"
        if not is_same:
            self._over.add(place.epoch)
            self.number = 0
        self._go_on_from(event.at)

    def _leave_out(self, event: LeftOut, place: Place) -> Iterator[str]:
        for offset in event.offsets:
            if offset <= place.offset:
                yield f"{offset} was left out after {place}"
            self._left_out.add(offset)
            left = self._known.get(Place(place.epoch, offset))
            if left is None:
                continue  # nobody else had it either
            if left.key is None:
                yield f"{offset} was left out, which has no key"
            else:
                self._owed[left.key] = offset

    def _go_on_from(self, place: Place) -> None:
        self.place = place
        # What was left out on a connection before comes again, or is behind a reset.
        self._left_out.clear()
        self._owed.clear()
