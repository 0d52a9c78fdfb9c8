"""What an engine of channels promises, asked of both: the memory of one worker and the server of many."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

import pytest

from backend.errors import LimitReached
from bridge.realtime.cursor import Cursor
from bridge.realtime.engines.engine import Present
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.message import DATA_LIMIT_BYTES
from tests.integration.realtime.engine_house import ENGINES, EngineHouse, Kind, engine_house
from tests.integration.web.waiting import until

ELSEWHERE = "0123456789abcdef"


@pytest.fixture(params=ENGINES)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


@pytest.fixture
async def house(kind: Kind, valkey_url: str) -> AsyncIterator[EngineHouse]:
    async with engine_house(kind, valkey_url) as made:
        yield made


class Bounded:
    """Opens a house whose channels keep little."""

    def __init__(self, kind: Kind, url: str) -> None:
        self._kind, self._url = kind, url

    def __call__(self, **bounds: int) -> AbstractAsyncContextManager[EngineHouse]:
        return engine_house(self._kind, self._url, limits=HistoryLimits(**bounds))


@pytest.fixture
def bounded(kind: Kind, valkey_url: str) -> Bounded:
    return Bounded(kind, valkey_url)


async def test_a_channel_comes_to_be_with_an_epoch_of_its_own_when_it_is_looked_at(house: EngineHouse) -> None:
    epoch, offset = await house.top()

    assert (16, 0) == (len(epoch), offset)
    assert int(epoch, 16) >= 0
    assert (epoch, 0) == await house.top()
    assert Cursor(epoch, 0) == (await house.engine.state("a")).top
    assert epoch == (await house.say(b"1")).cursor.epoch
    assert epoch != (await house.top("b")).epoch


async def test_messages_are_numbered_from_one_and_read_as_they_were_published(house: EngineHouse) -> None:
    before = time.time_ns() // 1_000_000
    first = await house.say(b'{"a": 1}', key="lights")
    second = await house.say(b"2")
    found = await house.engine.read("a")

    assert [1, 2] == [first.cursor.offset, second.cursor.offset]
    assert not first.is_repeat
    assert second.cursor == found.top
    assert [first.cursor, second.cursor] == [message.cursor for message in found.messages]
    assert ["lights", None] == [message.key for message in found.messages]
    assert [b'{"a": 1}', b"2"] == [message.data for message in found.messages]
    assert {"a"} == {message.channel for message in found.messages}
    assert all(before <= message.at <= before + 60_000 for message in found.messages)


@pytest.mark.parametrize("key", [None, "", "k", "schön/\u0000\r\n", "k" * 128])
@pytest.mark.parametrize("data", [b"", b'"\x00\r\n\xff$5"', b'"' + DATA_LIMIT_BYTES * b"x" + b'"'])
async def test_keys_and_data_come_out_byte_by_byte(house: EngineHouse, key: str | None, data: bytes) -> None:
    await house.engine.listen("a")
    await house.say(data, key=key)
    (heard,) = await house.ears.have_heard(1)
    (read,) = (await house.engine.read("a")).messages
    held = (await house.engine.state("a")).entries

    assert (key, data) == (heard.key, heard.data)
    assert heard == read
    assert ([] if key is None else [read]) == list(held)


async def test_what_follows_a_place_is_read_from_there(house: EngineHouse) -> None:
    places = [(await house.say(b"%d" % number)).cursor for number in range(1, 6)]

    assert [b"4", b"5"] == await house.kept(after=places[2])
    assert [] == await house.kept(after=places[4])
    assert [b"1", b"2", b"3", b"4", b"5"] == await house.kept(after=Cursor(places[0].epoch, 0))


async def test_a_place_of_another_epoch_or_beyond_the_top_gives_all_that_is_kept(house: EngineHouse) -> None:
    top = [(await house.say(b"%d" % number)).cursor for number in range(1, 4)][-1]

    for after in (Cursor(ELSEWHERE, 2), Cursor(top.epoch, 4), Cursor(top.epoch, 2**53 - 1), None):
        assert [b"1", b"2", b"3"] == await house.kept(after=after)


async def test_a_place_that_is_too_old_gives_all_that_is_kept(bounded: Bounded) -> None:
    async with bounded(messages=3) as house:
        places = [(await house.say(b"%d" % number)).cursor for number in range(1, 7)]

        assert [b"4", b"5", b"6"] == await house.kept(after=places[2])
        assert [b"4", b"5", b"6"] == await house.kept(after=places[1])
        assert [b"5", b"6"] == await house.kept(after=places[3])


async def test_no_more_messages_are_kept_than_may_be(bounded: Bounded) -> None:
    async with bounded(messages=3) as house:
        for number in range(1, 10):
            await house.say(b"%d" % number)
            assert min(number, 3) == len(await house.kept())

        assert [b"7", b"8", b"9"] == await house.kept()


async def test_no_more_bytes_are_kept_than_may_be(bounded: Bounded) -> None:
    async with bounded(bytes=10) as house:
        for data in (b"aaaa", b"bbbb", b"cc"):
            await house.say(data, key="keys do not count")
        assert [b"aaaa", b"bbbb", b"cc"] == await house.kept()
        await house.say(b"ddd")
        assert [b"bbbb", b"cc", b"ddd"] == await house.kept()
        await house.say(b"eeeeee")
        assert [b"ddd", b"eeeeee"] == await house.kept()


async def test_the_newest_message_is_kept_however_large_it_is(bounded: Bounded) -> None:
    async with bounded(bytes=10) as house:
        for number in range(3):
            await house.say(b"%d" % number)
        await house.say(b"much too large")
        assert [b"much too large"] == await house.kept()
        await house.say(b"4")
        assert [b"4"] == await house.kept()
        await house.say(b"5")
        assert [b"4", b"5"] == await house.kept()


async def test_messages_go_when_they_are_old_and_the_newest_stays(bounded: Bounded) -> None:
    async with bounded(age_seconds=1) as house:
        first = await house.say(b"1")
        await house.say(b"2")
        await house.say(b"3")
        assert [b"1", b"2", b"3"] == await house.kept()

        async def are_gone() -> bool:
            return await house.kept() == [b"3"]

        await until(are_gone)
        assert Cursor(first.cursor.epoch, 3) == await house.top()
        # By a publish as well, before anybody reads.
        began = time.monotonic()
        await house.say(b"4")
        await until(lambda: time.monotonic() - began > 1.1)
        await house.say(b"5")
        await house.say(b"6")
        assert [b"5", b"6"] == await house.kept()


async def test_who_listens_hears_each_message_in_order_from_then_on(house: EngineHouse) -> None:
    await house.say(b"before")
    await house.engine.listen("a")
    for number in range(1, 4):
        await house.say(b"elsewhere", channel="b")
        await house.say(b"%d" % number, key="k" if number == 2 else None)
    heard = await house.ears.have_heard(3)

    assert [b"1", b"2", b"3"] == [message.data for message in heard]
    assert list((await house.engine.read("a")).messages)[1:] == heard
    assert [] == house.ears.told


async def test_who_does_not_listen_any_more_hears_nothing(house: EngineHouse) -> None:
    await house.engine.listen("a")
    await house.engine.listen("b")
    await house.say(b"1")
    await house.engine.unlisten("a")
    await house.engine.unlisten("never listened to")
    await house.say(b"2")
    await house.say(b"last", channel="b")
    await until(lambda: bool(house.ears.heard) and house.ears.heard[-1].channel == "b")

    assert [b"1", b"last"] == [message.data for message in house.ears.heard]
    await house.engine.listen("a")
    await house.say(b"3")
    assert [b"1", b"last", b"3"] == [message.data for message in await house.ears.have_heard(3)]


async def test_a_message_is_published_once_under_its_idempotency_key(house: EngineHouse) -> None:
    await house.engine.listen("a")
    first = await house.say(b"1", once="one")
    again = await house.say(b"something else", once="one")
    other, elsewhere = await house.say(b"2", once="two"), await house.say(b"3", channel="b", once="one")

    assert (first.cursor, True) == (again.cursor, again.is_repeat)
    assert [False, False] == [other.is_repeat, elsewhere.is_repeat]
    assert [b"1", b"2"] == await house.kept()
    assert [b"1", b"2"] == [message.data for message in await house.ears.have_heard(2)]


async def test_no_channel_and_key_are_taken_for_another(house: EngineHouse) -> None:
    for channel, once in (("ab", "c"), ("a", "bc"), ("a:b", "c"), ("a", "b:c")):
        assert not (await house.say(b"1", channel=channel, once=once)).is_repeat
    for channel, once in (("ab", "c"), ("a", "bc"), ("a:b", "c"), ("a", "b:c")):
        assert (await house.say(b"1", channel=channel, once=once)).is_repeat


async def test_an_idempotency_key_is_forgotten_after_its_time(bounded: Bounded) -> None:
    async with bounded(idempotency_seconds=1) as house:
        first = await house.say(b"1", once="one")
        assert (await house.say(b"1", once="one")).is_repeat

        async def is_forgotten() -> bool:
            return not (await house.say(b"2", once="one")).is_repeat

        await until(is_forgotten)
        assert [b"1", b"2"] == await house.kept()
        assert Cursor(first.cursor.epoch, 2) == (await house.say(b"3", once="one")).cursor


async def test_of_many_that_publish_the_same_at_once_one_does(house: EngineHouse) -> None:
    found = await asyncio.gather(*(house.say(b"1", once="one") for _ in range(50)))

    assert 49 == sum(each.is_repeat for each in found)
    assert 1 == len({each.cursor for each in found})
    assert [b"1"] == await house.kept()


async def test_what_is_published_at_once_has_numbers_without_a_gap_and_is_heard_in_their_order(
    house: EngineHouse,
) -> None:
    await house.engine.listen("a")
    found = await asyncio.gather(*(house.say(b"%d" % number) for number in range(200)))
    heard = await house.ears.have_heard(200)

    assert list(range(1, 201)) == sorted(each.cursor.offset for each in found)
    assert list(range(1, 201)) == [message.cursor.offset for message in heard]


async def test_the_last_message_of_a_key_holds_until_it_ends(house: EngineHouse) -> None:
    await house.say(b"1", key="a")
    second = await house.say(b"2", key="b")
    third = await house.say(b"3", key="a")
    await house.say(b"null", key="b")
    await house.say(b"null")
    await house.say(b"null", key="never held")
    found = await house.engine.state("a")

    assert [(third.cursor, "a", b"3")] == [(each.cursor, each.key, each.data) for each in found.entries]
    assert Cursor(second.cursor.epoch, 6) == found.top
    assert [b"1", b"2", b"3", b"null", b"null", b"null"] == await house.kept()


async def test_state_outlives_the_history(bounded: Bounded) -> None:
    async with bounded(messages=2) as house:
        await house.say(b"on", key="lights")
        for _ in range(5):
            await house.say(b"1")

        assert {"lights": b"on"} == await house.state()


async def test_a_key_more_than_may_be_is_refused_and_adds_nothing(bounded: Bounded) -> None:
    async with bounded(keys=2) as house:
        await house.say(b"1", key="a")
        await house.say(b"2", key="b")
        with pytest.raises(LimitReached, match="2 keys"):
            await house.say(b"3", key="c", once="one")

        assert [b"1", b"2"] == await house.kept()
        assert {"a": b"1", "b": b"2"} == await house.state()
        await house.say(b"4", key="b")
        await house.say(b"null", key="a")
        assert not (await house.say(b"3", key="c", once="one")).is_repeat
        with pytest.raises(LimitReached):
            await house.say(b"5", key="d")
        assert {"b": b"4", "c": b"3"} == await house.state()


async def test_a_byte_more_of_state_than_may_be_is_refused_and_adds_nothing(bounded: Bounded) -> None:
    async with bounded(state_bytes=10) as house:
        await house.say(b"aaaa", key="a")
        await house.say(b"bbbbbb", key="b")
        for key in ("a", "c"):
            with pytest.raises(LimitReached, match="10 bytes"):
                await house.say(b"aaaaa", key=key)
        assert {"a": b"aaaa", "b": b"bbbbbb"} == await house.state()
        assert [b"aaaa", b"bbbbbb"] == await house.kept()

        await house.say(b"bbbbb", key="b")
        await house.say(b"aaaaa", key="a")
        await house.say(b"null", key="a")
        await house.say(b"ccccc", key="c")
        with pytest.raises(LimitReached):
            await house.say(b"d", key="d")
        assert {"b": b"bbbbb", "c": b"ccccc"} == await house.state()


async def test_a_channel_that_nobody_published_in_is_forgotten_and_begins_another_epoch(bounded: Bounded) -> None:
    async with bounded(idle_seconds=1) as house:
        first = await house.say(b"1", key="a", once="one")

        async def is_forgotten() -> bool:
            return (await house.top()).epoch != first.cursor.epoch

        await until(is_forgotten)
        assert [] == await house.kept()
        assert {} == await house.state()
        # What was remembered is of the epoch before.
        again = await house.say(b"2", once="one")
        assert (1, False) == (again.cursor.offset, again.is_repeat)
        assert (await house.say(b"2", once="one")).is_repeat


async def test_a_channel_that_is_published_in_is_not_forgotten(bounded: Bounded) -> None:
    async with bounded(idle_seconds=1) as house:
        first, began = await house.say(b"1", key="a"), time.monotonic()
        while time.monotonic() - began < 1.5:
            last = await house.say(b"2")
            await asyncio.sleep(0.1)

        assert first.cursor.epoch == last.cursor.epoch
        assert {"a": b"1"} == await house.state()


async def test_the_tops_of_many_channels_are_told_at_once(house: EngineHouse) -> None:
    channels = [f"game/{number}" for number in range(1_200)]
    last = [(await house.say(b"1", channel=channel)).cursor for channel in channels[::100] for _ in range(3)]
    found = await house.engine.tops(channels)

    assert channels == list(found)
    assert last[2::3] == [found[channel] for channel in channels[::100]]
    assert {0, 3} == {cursor.offset for cursor in found.values()}
    assert 1_200 == len({cursor.epoch for cursor in found.values()})
    assert found == await house.engine.tops(channels)
    assert {} == await house.engine.tops([])


async def test_whoever_entered_is_present_until_he_leaves(house: EngineHouse) -> None:
    one, two = Present("s1", "device", 1_700_000_000_123), Present("s2", "person", 5)
    await house.engine.enter("a", one, seconds=60)
    await house.engine.enter("a", two, seconds=60)
    await house.engine.enter("b", two, seconds=60)

    assert [one, two] == sorted(await house.engine.present("a"), key=lambda each: each.id)
    await house.engine.leave("a", "s1")
    await house.engine.leave("a", "was never there")
    assert [two] == await house.engine.present("a")
    await house.engine.leave("a", "s2")
    assert [] == await house.engine.present("a")
    assert [two] == await house.engine.present("b")


async def test_whoever_went_without_a_word_is_present_for_his_time_and_no_longer(house: EngineHouse) -> None:
    short, renewed, long = (Present(name, "device", 1) for name in ("short", "renewed", "long"))
    await house.engine.enter("a", renewed, seconds=1)
    await house.engine.enter("a", long, seconds=60)
    await house.engine.enter("a", renewed, seconds=60)
    await house.engine.enter("a", long, seconds=1)
    # The others' second is over when his is.
    await house.engine.enter("a", short, seconds=1)
    assert 3 == len(await house.engine.present("a"))

    async def is_gone() -> bool:
        return short not in await house.engine.present("a")

    await until(is_gone)
    assert ["long", "renewed"] == sorted(each.id for each in await house.engine.present("a"))
