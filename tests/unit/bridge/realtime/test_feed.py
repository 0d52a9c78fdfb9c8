"""What the members of a channel are told: every message once and in order, or that there is a gap."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.realtime.cursor import Begin, Cursor
from bridge.realtime.engines.engine import Kept
from bridge.realtime.feed import Feed
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.message import Message
from tests.fakes.held_engine import EPOCH
from tests.unit.bridge.realtime.members import CHANNEL, Told, kept, message

OTHER = "f" * 16


class Turns:
    """A loop whose turns the test ends."""

    def __init__(self) -> None:
        self._soon: list[Callable[[], None]] = []

    def soon(self, call: Callable[[], None]) -> None:
        self._soon.append(call)

    def end(self) -> None:
        calls, self._soon = self._soon, []
        for call in calls:
            call()


def made(start: Kept, limits: HistoryLimits | None = None) -> tuple[Feed, Turns]:
    turns = Turns()
    feed = Feed(CHANNEL, limits or HistoryLimits(), turns.soon)
    feed.load(start)
    return feed, turns


def followed(feed: Feed, begin: Begin = "latest") -> Told:
    told = Told()
    feed.attach(told, begin)
    return told


def test_what_arrives_in_one_turn_goes_out_together_in_order() -> None:
    feed, turns = made(kept(1, 2))
    told = followed(feed)
    assert all(feed.add(message(offset)) for offset in (3, 4))
    assert ["begun 2"] == told.said

    turns.end()
    assert ["begun 2", 3, 4] == told.said


def test_each_place_to_begin_begins_there() -> None:
    feed, _ = made(kept(3, 4, 5))

    assert ["begun 5"] == followed(feed, "latest").said
    assert ["begun 2", 3, 4, 5] == followed(feed, "earliest").said
    assert ["begun 4", 5] == followed(feed, Cursor(EPOCH, 4)).said
    assert ["begun 5"] == followed(feed, Cursor(EPOCH, 5)).said
    # The last place from which nothing is missing.
    assert ["begun 2", 3, 4, 5] == followed(feed, Cursor(EPOCH, 2)).said


@pytest.mark.parametrize(
    ("cursor", "reason"),
    [
        (Cursor(OTHER, 4), "epoch"),
        (Cursor(EPOCH, 1), "behind"),
        (Cursor(EPOCH, 6), "ahead"),
        (Cursor(OTHER, 9), "epoch"),
    ],
)
def test_a_place_that_cannot_be_gone_on_from_is_a_reset_first(cursor: Cursor, reason: str) -> None:
    feed, _ = made(kept(3, 4, 5))

    assert [f"reset {reason} 5", "begun 5"] == followed(feed, cursor).said
    assert reason == feed.after(cursor)


def test_whoever_attaches_in_the_midst_of_a_turn_gets_nothing_twice_and_misses_nothing() -> None:
    feed, turns = made(kept(1))
    first = followed(feed)
    feed.add(message(2))
    second = followed(feed, Cursor(EPOCH, 1))
    third = followed(feed, "latest")
    feed.add(message(3))
    turns.end()

    assert ["begun 1", 2, 3] == first.said
    assert ["begun 1", 2, 3] == second.said
    assert ["begun 2", 3] == third.said


def test_a_message_that_comes_twice_is_taken_once() -> None:
    feed, turns = made(kept(1))
    told = followed(feed)
    assert all(feed.add(message(offset)) for offset in (1, 2, 2, 1))
    turns.end()

    assert ["begun 1", 2] == told.said


def test_a_message_after_a_missing_one_is_not_taken() -> None:
    feed, turns = made(kept(1))
    told = followed(feed)

    assert not feed.add(message(3))
    assert not feed.add(message(2, epoch=OTHER))
    turns.end()
    assert ["begun 1"] == told.said
    assert (EPOCH, 1) == feed.cursor


def test_what_was_missing_is_taken_from_the_engine() -> None:
    feed, turns = made(kept(1))
    told = followed(feed)
    feed.load(kept(2, 3))
    turns.end()

    assert ["begun 1", 2, 3] == told.said


def test_what_the_engine_has_no_more_is_a_reset() -> None:
    for found, expected in (
        (kept(4, 5), "reset behind 5"),
        (kept(top=5), "reset behind 5"),
        (kept(1, 2, epoch=OTHER), "reset epoch 2"),
        (kept(1, top=1), "reset ahead 1"),
    ):
        feed, turns = made(kept(1, 2))
        told = followed(feed)
        feed.load(found)
        turns.end()
        assert ["begun 2", expected] == told.said
        assert found.top == feed.cursor
        # It goes on from there.
        feed.add(message(found.top.offset + 1, epoch=found.top.epoch))
        turns.end()
        assert ["begun 2", expected, found.top.offset + 1] == told.said


def test_what_arrived_before_a_reset_goes_out_before_it() -> None:
    feed, turns = made(kept(1))
    told = followed(feed)
    feed.add(message(2))
    feed.load(kept(7))
    turns.end()

    assert ["begun 1", 2, "reset behind 7"] == told.said


def test_whoever_left_is_told_nothing_more() -> None:
    feed, turns = made(kept(1))
    told = followed(feed)
    feed.add(message(2))
    feed.detach(told)
    turns.end()

    assert ["begun 1"] == told.said


def test_members_are_told_that_it_is_stale_and_live_again() -> None:
    feed, _ = made(kept(1))
    told = followed(feed)
    feed.mark_stale()
    feed.mark_stale()
    late = followed(feed)
    feed.mark_live()

    assert ["begun 1", "stale", "live 1"] == told.said
    assert ["begun 1", "stale", "live 1"] == late.said


def test_so_much_is_kept_as_the_limits_say() -> None:
    for limits, expected in (
        (HistoryLimits(messages=2), 3),
        (HistoryLimits(bytes=25), 3),
        (HistoryLimits(messages=1), 4),
        (HistoryLimits(bytes=1), 4),
        (HistoryLimits(age_seconds=2), 2),
    ):
        feed, _ = made(kept(), limits)
        for offset in range(1, 6):
            feed.add(message(offset, data=b"x" * 10, at=1_000_000 + 1000 * offset))
        assert expected == feed.base, limits
        assert "behind" == feed.after(Cursor(EPOCH, expected - 1))
        assert [*range(expected + 1, 6)] == [each.cursor.offset for each in feed.after(Cursor(EPOCH, expected))]  # type: ignore[union-attr]


def test_a_gap_is_put_together_once_for_all_who_missed_the_same() -> None:
    feed, _ = made(kept(1, 2, 3))

    assert feed.gap(1) is feed.gap(1)
    feed.add(message(4))
    assert [2, 3, 4] == [each.cursor.offset for each in feed.gap(1).messages]


class Client(Told):
    """Goes by its cursor as docs/protocol.md says, and finds what it may not find."""

    place: Cursor | None = None

    def begun(self, feed: Feed, at: Cursor) -> None:
        assert self.place in {None, at}
        self.place = at
        super().begun(feed, at)

    def take(self, feed: Feed, batch) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        for each in batch.messages:
            assert self.place is not None
            assert (self.place.epoch, self.place.offset + 1) == each.cursor
            self.place = each.cursor
        super().take(feed, batch)

    def reset(self, feed: Feed, at: Cursor, reason) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        assert self.place != at
        self.place = at
        super().reset(feed, at, reason)


class World:
    """An engine that publishes, loses news, tells it twice, forgets and begins anew, and those who follow it."""

    def __init__(self) -> None:
        self.epoch = EPOCH
        self.top = 0
        self.stored: list[Message] = []
        self.feed, self.turns = made(kept())
        self.clients: list[Client] = []

    def publish(self, _: int) -> None:
        self.lose(0)
        self._arrived(self.stored[-1])

    def lose(self, _: int) -> None:
        self.top += 1
        self.stored.append(message(self.top, epoch=self.epoch))

    def tell_again(self, number: int) -> None:
        if self.stored:
            self._arrived(self.stored[number % len(self.stored)])

    def refill(self, _: int = 0) -> None:
        self.feed.load(Kept(Cursor(self.epoch, self.top), tuple(self.stored)))

    def begin_anew(self, number: int) -> None:
        self.epoch, self.top, self.stored = f"{number:016x}", 0, []

    def forget(self, _: int) -> None:
        del self.stored[: len(self.stored) // 2]

    def turn(self, _: int = 0) -> None:
        self.turns.end()

    def attach(self, _: int) -> None:
        self.clients.append(Client())
        self.feed.attach(self.clients[-1], "earliest")

    def resume(self, number: int) -> None:
        before = self.clients[number % len(self.clients)] if self.clients else None
        if before is not None and before.place is not None:
            client = Client()
            client.place = before.place
            self.clients.append(client)
            self.feed.attach(client, before.place)

    def leave(self, number: int) -> None:
        if self.clients:
            self.feed.detach(self.clients[number % len(self.clients)])

    def _arrived(self, sent: Message) -> None:
        if not self.feed.add(sent):
            self.refill()


STEPS = st.sampled_from(
    [
        World.publish,
        World.lose,
        World.tell_again,
        World.refill,
        World.begin_anew,
        World.forget,
        World.turn,
        World.attach,
        World.resume,
        World.leave,
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, max_size=80))
def test_whatever_is_lost_or_comes_twice_nobody_has_a_hole_or_a_double(
    steps: list[Callable[[World, int], None]],
) -> None:
    world = World()
    for number, step in enumerate(steps):
        step(world, number)
    world.refill()
    world.turn()

    places = {client.place for client in world.clients if client in world.feed.members}
    assert places <= {Cursor(world.epoch, world.top)}


def test_the_proof_above_notices_a_hole() -> None:
    feed, turns = made(kept(1))
    client = Client()
    feed.attach(client, "latest")
    feed._add(message(3))
    with pytest.raises(AssertionError):
        turns.end()
