"""Who follows a channel is told to the engine by one task, whatever becomes of the engine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bridge.realtime.presence import Presence
from bridge.realtime.timing import Timing
from tests.fakes.held_engine import HeldEngine
from tests.integration.web.waiting import until
from tests.unit.bridge.realtime.members import CHANNEL


@asynccontextmanager
async def telling(engine: HeldEngine, told_seconds: float = 3600) -> AsyncIterator[Presence]:
    presence = Presence(engine, Timing(told_seconds=told_seconds))
    task = asyncio.create_task(presence.telling())
    yield presence
    task.cancel()
    await asyncio.wait([task])


def enters(presence: Presence, stream_id: str, holder_id: str = "d1") -> None:
    presence.enters(CHANNEL, stream_id, kind="device", holder_id=holder_id)


async def test_whoever_follows_is_there_and_whoever_leaves_is_not() -> None:
    engine = HeldEngine()
    async with telling(engine) as presence:
        enters(presence, "s1")
        enters(presence, "s2")
        await until(lambda: sorted(engine.present_there) == [(CHANNEL, "d1.s1"), (CHANNEL, "d1.s2")])
        presence.leaves(CHANNEL, "s1", holder_id="d1")
        await until(lambda: list(engine.present_there) == [(CHANNEL, "d1.s2")])


async def test_whoever_comes_and_goes_at_once_is_not_there() -> None:
    engine = HeldEngine()
    async with telling(engine) as presence:
        enters(presence, "s1")
        presence.leaves(CHANNEL, "s1", holder_id="d1")
        await until(lambda: engine.count("leave") == 1)

    assert 0 == engine.count("enter")


async def test_everybody_is_told_of_again_before_they_are_forgotten() -> None:
    engine = HeldEngine()
    async with telling(engine, told_seconds=0.02) as presence:
        enters(presence, "s1")
        await until(lambda: engine.count("enter") >= 3)


async def test_an_engine_that_was_away_is_told_once_it_is_there() -> None:
    engine = HeldEngine()
    engine.is_away = True
    async with telling(engine, told_seconds=0.02) as presence:
        enters(presence, "s1")
        await until(lambda: engine.count("enter") >= 1)
        assert {} == engine.present_there
        engine.is_away = False
        await until(lambda: list(engine.present_there) == [(CHANNEL, "d1.s1")])


async def test_whoever_was_never_there_leaves_nothing() -> None:
    engine = HeldEngine()
    async with telling(engine) as presence:
        presence.leaves(CHANNEL, "s1", holder_id="d1")
        enters(presence, "s2")
        await until(lambda: engine.count("enter") == 1)

    assert 0 == engine.count("leave")


def test_somebody_is_told_of_more_often_than_they_are_forgotten() -> None:
    assert Timing().told_seconds * 2 < Timing().present_seconds
