"""A worker that is behind: whoever was told more by another one is not told that it never was."""

import asyncio

import pytest

from backend.errors import StoreUnavailable
from bridge.realtime.cursor import LATEST, Begin, Cursor
from bridge.realtime.hub import Hub
from tests.fakes.held_engine import EPOCH, OTHER_EPOCH, HeldEngine
from tests.unit.bridge.realtime.members import CHANNEL, Told
from tests.unit.bridge.realtime.test_hub import running, turn


async def opened(hub: Hub) -> Told:
    """Have somebody follow, so that the worker has the channel as it is now."""
    return await follow(hub)


async def follow(hub: Hub, begin: Begin = LATEST) -> Told:
    told = Told()
    (await hub.feed(CHANNEL, begin)).attach(told, begin)
    return told


async def test_a_place_that_this_worker_has_not_heard_of_is_asked_for_before_it_is_said_to_be_none() -> None:
    engine = HeldEngine()
    engine.add(CHANNEL)
    async with running(engine) as hub:
        before = await opened(hub)
        for _ in range(2):
            engine.add(CHANNEL, tell=False)
        told = await follow(hub, begin=Cursor(EPOCH, 2))
        await turn()

        assert ["begun 2", 3] == told.said
        assert ["begun 1", 2, 3] == before.said


async def test_a_life_that_this_worker_has_not_heard_of_is_asked_for_before_it_is_said_to_be_none() -> None:
    engine = HeldEngine()
    engine.add(CHANNEL)
    async with running(engine) as hub:
        before = await opened(hub)
        engine.begin_anew(CHANNEL)
        for _ in range(3):
            engine.add(CHANNEL, tell=False)
        told = await follow(hub, begin=Cursor(OTHER_EPOCH, 2))
        await turn()

        assert ["begun 2", 3] == told.said
        assert ["begun 1", "reset epoch 3"] == before.said


@pytest.mark.parametrize(
    ("place", "said"), [(Cursor(EPOCH, 9), "reset ahead 1"), (Cursor(OTHER_EPOCH, 1), "reset epoch 1")]
)
async def test_a_place_that_the_engine_does_not_know_either_is_a_reset(place: Cursor, said: str) -> None:
    engine = HeldEngine()
    engine.add(CHANNEL)
    async with running(engine) as hub:
        await opened(hub)

        assert [said, "begun 1"] == (await follow(hub, begin=place)).said
        assert 1 == engine.count("read")


async def test_a_place_that_is_known_costs_no_question() -> None:
    engine = HeldEngine()
    engine.add(CHANNEL)
    async with running(engine) as hub:
        await opened(hub)
        await follow(hub, begin=Cursor(EPOCH, 0))

        assert 0 == engine.count("tops")


@pytest.mark.parametrize("place", [Cursor(EPOCH, 9), Cursor(OTHER_EPOCH, 1)])
async def test_while_the_engine_is_away_nobody_says_that_a_place_is_none(place: Cursor) -> None:
    engine = HeldEngine()
    engine.add(CHANNEL)
    async with running(engine) as hub:
        before = await opened(hub)
        engine.is_away = True
        with pytest.raises(StoreUnavailable):
            await hub.feed(CHANNEL, place)

        assert ["begun 1"] == before.said


async def test_nobody_is_held_for_as_long_as_the_engine_hangs() -> None:
    engine = HeldEngine()
    engine.add(CHANNEL)
    async with running(engine) as hub:
        before = await opened(hub)
        engine.add(CHANNEL, tell=False)
        engine.hold("read")
        with pytest.raises(StoreUnavailable):
            await hub.feed(CHANNEL, Cursor(EPOCH, 2))
        engine.let_go("read")
        async with asyncio.timeout(5):
            while 2 not in before.said:
                await turn()
