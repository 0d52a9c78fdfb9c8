"""How many streams there may be, and when those come back who are sent away."""

from typing import Any, cast

import pytest

from backend.errors import Crowded
from bridge.realtime.bucket import Bucket
from bridge.realtime.desk import MOST_STREAMS, OPENED_A_SECOND, OPENED_AT_ONCE, Desk
from bridge.realtime.following import Following
from bridge.realtime.hub import Hub
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.meter import StreamMeter
from bridge.realtime.timing import Timing
from tests.fakes.held_engine import HeldEngine


class Stands:
    """A stream that writes down how it was ended."""

    def __init__(self, stream_id: str) -> None:
        self.id = stream_id
        self.ended: list[tuple[str, float]] = []

    def end(self, code: str, _detail: str, *, retry_after_seconds: float = 0.0) -> None:
        self.ended.append((code, retry_after_seconds))

    def close(self) -> None:
        """Nothing: it follows nothing."""

    def beat(self, now: float) -> None:
        """Nothing: it has no line."""


def following(stands: Stands) -> Following:
    return cast("Following", stands)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def made(*, most_streams: int = MOST_STREAMS, openings: Bucket | None = None) -> Desk:
    """Return a desk at which nobody is asked for anything."""
    engine, meter, timing = HeldEngine(), StreamMeter(), Timing()
    hub = Hub(engine, HistoryLimits(), meter, timing)
    nobody: Any = None
    return Desk(
        hub,
        engine,
        nobody,
        rights=nobody,
        authenticator=nobody,
        meter=meter,
        timing=timing,
        most_streams=most_streams,
        openings=openings,
    )


def let_in(desk: Desk, tries: int) -> int:
    """Try to open streams; return how many were let in."""
    number = 0
    for _ in range(tries):
        try:
            desk.check_room()
        except Crowded:
            continue
        number += 1
    return number


async def test_so_many_streams_are_opened_at_once_and_each_second() -> None:
    clock = Clock()
    desk = made(openings=Bucket(at_once=OPENED_AT_ONCE, a_second=OPENED_A_SECOND, clock=clock))

    assert 2_000 == let_in(desk, 3_000)
    clock.now += 1.0
    assert 400 == let_in(desk, 3_000)
    clock.now += 3_600.0
    assert 2_000 == let_in(desk, 3_000)


async def test_those_who_have_not_said_who_they_are_keep_out_nobody_who_has() -> None:
    desk = made(openings=Bucket(at_once=3, a_second=0))
    turned_away = 0
    for _ in range(1_000):
        try:
            desk.check_door()
        except Crowded:
            turned_away += 1

    assert 400 < turned_away <= 500
    assert 3 == let_in(desk, 10)


async def test_there_are_so_many_streams_and_no_more() -> None:
    desk = made(most_streams=2)
    streams = [Stands("a"), Stands("b")]
    for each in streams:
        desk.check_room()
        desk.opened(following(each), each)
    with pytest.raises(Crowded):
        desk.check_room()
    desk.closed(following(streams[0]))
    desk.check_room()


async def test_whoever_is_one_too_many_is_told_when_to_come_back() -> None:
    desk = made(most_streams=0)
    with pytest.raises(Crowded) as caught:
        desk.check_room()
    [(name, value)] = caught.value.headers

    assert "Retry-After" == name
    assert 1 <= int(value) <= 2


async def test_the_more_streams_there_are_the_further_apart_they_come_back() -> None:
    desk = made()
    for number in range(4_000):
        stands = Stands(str(number))
        desk.opened(following(stands), stands)
    drawn = [desk.advice() for _ in range(2_000)]

    # 200 each second; drawn evenly, as none of them knows of the others.
    assert all(0 <= each <= 20 for each in drawn)
    assert 9 < sum(drawn) / len(drawn) < 11
    assert min(drawn) < 1
    assert max(drawn) > 19


async def test_nobody_is_told_to_stay_away_for_longer_than_half_a_minute() -> None:
    desk = made()
    for number in range(MOST_STREAMS):
        stands = Stands(str(number))
        desk.opened(following(stands), stands)

    assert 29 < max(desk.advice() for _ in range(2_000)) <= 30


async def test_an_end_sends_everybody_away_and_whoever_comes_after_it() -> None:
    desk = made()
    first, late = Stands("first"), Stands("late")
    desk.opened(following(first), first)
    desk.drain()
    with pytest.raises(Crowded):
        desk.check_room()
    # It was let in before, and is ready only now.
    desk.opened(following(late), late)

    assert ["reconnect"] == [code for code, _ in first.ended]
    assert ["reconnect"] == [code for code, _ in late.ended]


async def test_an_end_wakes_those_who_are_held_back_and_nobody_who_has_gone() -> None:
    desk = made()
    woken: list[str] = []
    with desk.held(lambda: woken.append("there")):
        with desk.held(lambda: woken.append("gone")):
            pass
        desk.drain()
    desk.drain()

    assert ["there"] == woken


async def test_a_stream_is_found_as_long_as_it_is_open() -> None:
    desk = made()
    stands = Stands("a")
    desk.opened(following(stands), stands)
    assert following(stands) is desk.find("a")
    desk.closed(following(stands))

    assert [None] == [desk.find("a")]
