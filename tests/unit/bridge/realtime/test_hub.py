"""The hub in step with an engine that hangs, fails, forgets and loses news, in the hand of the test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from backend.errors import Crowded, StoreUnavailable
from bridge.realtime.cursor import Begin, Cursor
from bridge.realtime.feed import Feed
from bridge.realtime.hub import Hub
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.meter import StreamMeter
from bridge.realtime.timing import Timing
from tests.fakes.held_engine import EPOCH, OTHER_EPOCH, HeldEngine
from tests.integration.web.waiting import until
from tests.unit.bridge.realtime.members import CHANNEL, Told

OTHER_CHANNEL = "tenant/0000000000000000000000000b"
# Nothing happens by itself but what a test asks for.
STILL = Timing(sweep_seconds=3600, again_seconds=0.01)
QUICK = Timing(sweep_seconds=0.01, check_seconds=0.0, linger_seconds=3600, again_seconds=0.01)


@asynccontextmanager
async def running(engine: HeldEngine, timing: Timing = STILL, most_feeds: int = 100) -> AsyncIterator[Hub]:
    hub = Hub(engine, HistoryLimits(), StreamMeter(), timing, most_feeds=most_feeds)
    async with hub.running():
        yield hub


async def follow(hub: Hub, channel: str = CHANNEL, begin: Begin = "latest") -> Told:
    told = Told()
    (await hub.feed(channel)).attach(told, begin)
    return told


async def turn() -> None:
    """Let what is due in the loop happen."""
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_is_published_reaches_whoever_follows() -> None:
    engine = HeldEngine()
    async with running(engine) as hub:
        told = await follow(hub)
        for _ in range(3):
            engine.add(CHANNEL)
        await turn()

        assert ["begun 0", 1, 2, 3] == told.said


async def test_it_listens_before_it_reads() -> None:
    """A message between the two would else be lost: what is read is older than what is heard."""
    engine = HeldEngine()
    async with running(engine) as hub:
        await follow(hub)

        assert [("listen", CHANNEL), ("read", CHANNEL)] == engine.calls


async def test_messages_that_arrive_while_the_engine_is_read_come_after_what_was_read_and_once() -> None:
    engine = HeldEngine()
    engine.add(CHANNEL)
    engine.hold("read")
    async with running(engine) as hub:
        opening = asyncio.create_task(follow(hub, begin="earliest"))
        await engine.reached("read")
        early = engine.add(CHANNEL)
        engine.tell(early)
        engine.let_go("read")
        told = await opening
        await turn()

        assert ["begun 0", 1, 2] == told.said


async def test_a_message_lost_while_the_engine_is_read_is_read_again() -> None:
    engine = HeldEngine()
    engine.hold("read")
    async with running(engine) as hub:
        opening = asyncio.create_task(follow(hub, begin="earliest"))
        await engine.reached("read")
        engine.add(CHANNEL, tell=False)
        engine.add(CHANNEL)
        engine.let_go("read")
        told = await opening
        await until(lambda: told.said == ["begun 0", 1, 2])


async def test_many_who_ask_at_once_open_a_channel_once() -> None:
    engine = HeldEngine()
    engine.hold("listen")
    async with running(engine) as hub:
        asking = [asyncio.create_task(hub.feed(CHANNEL)) for _ in range(10)]
        await engine.reached("listen")
        engine.let_go("listen")
        feeds = await asyncio.gather(*asking)

        assert 1 == len({id(feed) for feed in feeds})
        assert 1 == engine.count("listen") == engine.count("read")


async def test_whoever_goes_while_a_channel_is_opened_takes_it_from_nobody_else() -> None:
    engine = HeldEngine()
    engine.hold("read")
    async with running(engine) as hub:
        first, second = (asyncio.create_task(hub.feed(CHANNEL)) for _ in range(2))
        await engine.reached("read")
        first.cancel()
        engine.let_go("read")

        assert CHANNEL == (await second).channel


async def test_a_message_that_is_missing_is_fetched_and_those_after_it_wait() -> None:
    engine = HeldEngine()
    async with running(engine) as hub:
        told = await follow(hub)
        engine.hold("read")
        engine.add(CHANNEL, tell=False)
        engine.add(CHANNEL)
        await engine.reached("read")
        engine.add(CHANNEL)
        await turn()
        assert ["begun 0"] == told.said

        engine.let_go("read")
        await until(lambda: told.said == ["begun 0", 1, 2, 3])


async def test_what_was_fetched_has_its_place_like_any_other() -> None:
    """Each recovered message carries its offset, so whoever is cut off right after it goes on from there."""
    engine = HeldEngine()
    async with running(engine) as hub:
        told = await follow(hub)
        engine.add(CHANNEL, tell=False)
        engine.add(CHANNEL)
        await until(lambda: told.said == ["begun 0", 1, 2])

        assert ["begun 1", 2] == (await follow(hub, begin=Cursor(EPOCH, 1))).said


async def test_to_go_on_reads_no_other_channel() -> None:
    engine = HeldEngine()
    async with running(engine) as hub:
        await follow(hub, OTHER_CHANNEL)
        engine.add(CHANNEL)
        engine.calls.clear()
        await follow(hub, begin=Cursor(EPOCH, 0))

        assert {CHANNEL} == {channel for _, channel in engine.calls}


async def test_what_cannot_be_fetched_any_more_is_a_reset() -> None:
    engine = HeldEngine()
    async with running(engine) as hub:
        told = await follow(hub)
        for _ in range(3):
            engine.add(CHANNEL, tell=False)
        engine.forget(CHANNEL, keep=1)
        engine.add(CHANNEL)
        await until(lambda: told.said == ["begun 0", "reset behind 4"])
        engine.add(CHANNEL)
        await until(lambda: told.said == ["begun 0", "reset behind 4", 5])


async def test_another_life_of_the_channel_is_a_reset() -> None:
    engine = HeldEngine()
    engine.add(CHANNEL)
    async with running(engine) as hub:
        told = await follow(hub)
        engine.begin_anew(CHANNEL)
        engine.add(CHANNEL)
        await until(lambda: told.said == ["begun 1", "reset epoch 1"])

        assert Cursor(OTHER_EPOCH, 1) == (await hub.feed(CHANNEL)).cursor


async def test_a_message_of_an_earlier_life_that_comes_late_moves_nothing() -> None:
    engine = HeldEngine()
    late = engine.add(CHANNEL)
    engine.begin_anew(CHANNEL)
    async with running(engine) as hub:
        told = await follow(hub)
        engine.tell(late)
        await until(lambda: engine.count("read") > 1)
        engine.add(CHANNEL)
        await until(lambda: told.said == ["begun 0", 1])


async def test_while_the_engine_is_away_a_gap_is_stale_and_then_live() -> None:
    engine = HeldEngine()
    async with running(engine) as hub:
        told = await follow(hub)
        engine.is_away = True
        engine.add(CHANNEL, tell=False)
        engine.add(CHANNEL)
        await until(lambda: told.said == ["begun 0", "stale"])
        engine.is_away = False
        await until(lambda: told.said == ["begun 0", "stale", 1, 2, "live 2"])


async def test_a_lost_engine_makes_every_channel_stale_until_each_was_read() -> None:
    engine = HeldEngine()
    async with running(engine) as hub:
        told, other = await follow(hub), await follow(hub, OTHER_CHANNEL)
        hub.lost()
        engine.add(CHANNEL, tell=False)
        late = await follow(hub)
        hub.found()

        await until(lambda: told.said == ["begun 0", "stale", 1, "live 1"])
        await until(lambda: other.said == ["begun 0", "stale", "live 0"])
        await until(lambda: late.said == ["begun 0", "stale", 1, "live 1"])


async def test_a_channel_opened_while_the_engine_is_lost_is_stale() -> None:
    engine = HeldEngine()
    async with running(engine) as hub:
        hub.lost()
        told = await follow(hub)
        assert ["begun 0", "stale"] == told.said
        hub.found()
        await until(lambda: told.said == ["begun 0", "stale", "live 0"])


async def test_lost_again_while_it_is_read_it_stays_stale() -> None:
    engine = HeldEngine()
    async with running(engine) as hub:
        told = await follow(hub)
        engine.hold("read")
        hub.lost()
        hub.found()
        await engine.reached("read")
        hub.lost()
        engine.let_go("read")
        await turn()
        assert ["begun 0", "stale"] == told.said
        hub.found()
        await until(lambda: told.said == ["begun 0", "stale", "live 0"])


async def test_a_message_whose_news_never_came_is_noticed_though_nothing_follows_it() -> None:
    engine = HeldEngine()
    async with running(engine, QUICK) as hub:
        told = await follow(hub)
        engine.add(CHANNEL, tell=False)
        await until(lambda: 1 in told.said)


async def test_a_channel_that_begins_anew_in_silence_is_noticed() -> None:
    engine = HeldEngine()
    engine.add(CHANNEL)
    async with running(engine, QUICK) as hub:
        told = await follow(hub)
        engine.begin_anew(CHANNEL)
        # It stands where the one before stood.
        engine.add(CHANNEL, tell=False)
        await until(lambda: "reset epoch 1" in told.said)


async def test_an_engine_that_lost_its_last_messages_is_noticed() -> None:
    engine = HeldEngine()
    engine.add(CHANNEL)
    engine.add(CHANNEL)
    async with running(engine, QUICK) as hub:
        told = await follow(hub)
        found = engine.channels[CHANNEL]
        found.top = 1
        del found.kept[1:]
        await until(lambda: "reset ahead 1" in told.said)


async def test_what_comes_while_the_places_are_compared_is_no_loss() -> None:
    engine = HeldEngine()
    async with running(engine, QUICK) as hub:
        told = await follow(hub)
        engine.hold("tops")
        await engine.reached("tops")
        engine.add(CHANNEL)
        await turn()
        reads = engine.count("read")
        engine.let_go("tops")
        await until(lambda: "live 1" in told.said)

        assert reads == engine.count("read")


async def test_a_channel_that_nobody_follows_is_let_go_after_a_while() -> None:
    engine = HeldEngine()
    async with running(engine, Timing(sweep_seconds=0.01, linger_seconds=0.0, check_seconds=3600)) as hub:
        told = await follow(hub)
        feed = hub.feeds[0]
        await asyncio.sleep(0.05)
        assert [CHANNEL] == sorted(engine.listened)
        feed.detach(told)
        hub.detached(feed)
        await until(lambda: not engine.listened)

        assert [] == hub.feeds


async def test_a_channel_stays_for_whoever_comes_back_soon() -> None:
    engine = HeldEngine()
    async with running(engine, Timing(sweep_seconds=0.01, linger_seconds=3600, check_seconds=3600)) as hub:
        told = await follow(hub)
        feed = hub.feeds[0]
        feed.detach(told)
        hub.detached(feed)
        await asyncio.sleep(0.05)

        assert feed is await hub.feed(CHANNEL)
        assert 1 == engine.count("read")


async def test_a_channel_asked_for_while_it_is_let_go_is_listened_to_again() -> None:
    engine = HeldEngine()
    async with running(engine, Timing(sweep_seconds=0.01, linger_seconds=0.0, check_seconds=3600)) as hub:
        feed = await hub.feed(CHANNEL)
        engine.hold("unlisten")
        hub.detached(feed)
        await engine.reached("unlisten")
        again = asyncio.create_task(follow(hub))
        await turn()
        assert 1 == engine.count("listen")
        engine.let_go("unlisten")
        told = await again
        assert [CHANNEL] == sorted(engine.listened)
        engine.add(CHANNEL)
        await until(lambda: told.said == ["begun 0", 1])


async def test_a_channel_that_cannot_be_read_is_refused_and_not_listened_to() -> None:
    engine = HeldEngine()
    async with running(engine) as hub:
        engine.hold("read")
        opening = asyncio.create_task(hub.feed(CHANNEL))
        await engine.reached("read")
        engine.fail_once("read")
        engine.let_go("read")
        with pytest.raises(StoreUnavailable):
            await opening
        await until(lambda: not engine.listened)

        assert isinstance(await hub.feed(CHANNEL), Feed)


async def test_only_so_many_channels_are_followed() -> None:
    engine = HeldEngine()
    async with running(engine, most_feeds=1) as hub:
        feed = await hub.feed(CHANNEL)
        with pytest.raises(Crowded):
            await hub.feed(OTHER_CHANNEL)

        assert feed is await hub.feed(CHANNEL)


async def test_whoever_asks_for_a_channel_that_is_opened_already_needs_no_more_room() -> None:
    engine = HeldEngine()
    engine.hold("read")
    async with running(engine, most_feeds=1) as hub:
        asking = [asyncio.create_task(hub.feed(CHANNEL)) for _ in range(2)]
        await engine.reached("read")
        engine.let_go("read")

        assert 1 == len({id(feed) for feed in await asyncio.gather(*asking)})


async def test_at_its_end_nothing_is_left_running() -> None:
    engine = HeldEngine()
    before = asyncio.all_tasks()
    async with running(engine) as hub:
        await follow(hub)
        engine.hold("read")
        hub.found()
        await engine.reached("read")

    assert engine.is_closed
    assert before == asyncio.all_tasks()
