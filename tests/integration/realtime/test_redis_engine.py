"""What only the engine of many hosts has to care about: a server that is wrong, away, slow, new or full."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from signal import SIGCONT, SIGKILL, SIGSTOP
from typing import cast

import pytest
from redis import Redis as SynchronousRedis
from redis.asyncio import Redis

from backend.errors import SettingsError, StoreUnavailable
from bridge.realtime.cursor import Cursor
from bridge.realtime.engines.engine import Present
from bridge.realtime.engines.names import Names
from bridge.realtime.engines.redis import RedisEngine
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.message import DATA_LIMIT_BYTES, Message
from tests.fakes.holding_way import holding_way
from tests.integration.realtime.engine_house import EngineHouse, engine_house
from tests.integration.web.waiting import until
from tests.integration.web.wire import PATIENCE_SECONDS
from tests.servers.turned import Turned, turned
from tests.servers.valkey import Valkey, valkey

GIVE_UP_SECONDS = 0.5
AT_ONCE = ("--repl-diskless-sync-delay", "0")


@pytest.fixture
def server() -> Iterator[Valkey]:
    with valkey(*AT_ONCE) as running:
        yield running


@pytest.fixture
async def way(server: Valkey) -> AsyncIterator[Turned]:
    async with turned(server.port) as made:
        yield made


@pytest.fixture
async def house(way: Turned) -> AsyncIterator[EngineHouse]:
    async with engine_house("redis", url_of(way), give_up_seconds=GIVE_UP_SECONDS) as made:
        yield made


@pytest.fixture
async def beside(server: Valkey) -> AsyncIterator[Redis]:
    """Another client of the same server, which is not ours."""
    async with Redis(port=server.port) as client:
        yield client


def url_of(way: Turned) -> str:
    return f"redis://127.0.0.1:{way.port}"


def names_of(house: EngineHouse) -> Names:
    return Names(house.bridge_id)


async def said(house: EngineHouse, data: bytes, *, once: str, channel: str = "a") -> Cursor:
    """Publish in the end, however often that takes."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                return (await house.say(data, channel=channel, once=once)).cursor
            except StoreUnavailable:
                await asyncio.sleep(0.02)


async def told(house: EngineHouse, *what: str) -> None:
    await until(lambda: list(what) == house.ears.told)


async def refused(url: str) -> str:
    with pytest.raises(SettingsError) as caught:
        async with engine_house("redis", url):
            pass
    return caught.value.sentence


async def test_a_server_that_may_forget_is_refused_with_what_to_set() -> None:
    with valkey("--maxmemory-policy", "allkeys-lru") as server:
        assert "CONFIG SET maxmemory-policy noeviction" in await refused(server.url)


async def test_a_replica_is_refused(server: Valkey) -> None:
    with valkey("--replicaof", f"127.0.0.1 {server.port}") as replica:
        assert "is a replica" in await refused(replica.url)


async def test_a_user_who_may_not_follow_or_publish_is_refused_with_what_is_missing(
    beside: Redis, server: Valkey
) -> None:
    await beside.config_set("acl-pubsub-default", "resetchannels")
    everything, publishing = ["+@all"], ["+@all", "-@pubsub", "+spublish"]
    await beside.acl_setuser("one", enabled=True, passwords=["+x"], keys=["*"], categories=everything)
    await beside.acl_setuser(
        "two",
        enabled=True,
        passwords=["+x"],
        keys=["*"],
        channels=["tbx:*"],
        commands=publishing[1:],
        categories=["+@all"],
    )

    assert "does not let its user publish: it needs &tbx:* and +@pubsub" in await refused(
        f"redis://one:x@127.0.0.1:{server.port}"
    )
    assert "does not let its user follow channels: it needs &tbx:* and +@pubsub" in await refused(
        f"redis://two:x@127.0.0.1:{server.port}"
    )


async def test_a_user_needs_no_more_than_is_said(beside: Redis, server: Valkey) -> None:
    await beside.config_set("acl-pubsub-default", "resetchannels")
    words = "+@read +@write +@scripting +@pubsub +info +time +select"
    await beside.acl_setuser(
        "channels",
        enabled=True,
        passwords=["+x"],
        keys=["tbx:*"],
        channels=["tbx:*"],
        categories=words.split()[:4],
        commands=words.split()[4:],
    )
    async with engine_house("redis", f"redis://channels:x@127.0.0.1:{server.port}/0") as house:
        await house.engine.listen("a")
        await house.say(b"1", key="k", once="one")
        await house.ears.have_heard(1)
        assert {"k": b"1"} == await house.state()


async def test_a_server_that_is_away_at_the_start_may_come_later(server: Valkey) -> None:
    server.stop()
    async with engine_house("redis", server.url) as house:
        assert ["lost"] == house.ears.told
        with pytest.raises(StoreUnavailable):
            await house.engine.listen("a")
        server.start()
        await told(house, "lost", "found")
        await house.engine.listen("a")
        await said(house, b"1", once="one")
        await house.ears.have_heard(1)


async def test_a_connection_that_was_cut_is_told_of_and_all_that_is_followed_comes_again(
    house: EngineHouse, way: Turned, server: Valkey
) -> None:
    async with engine_house("redis", server.url, bridge_id=house.bridge_id) as elsewhere:
        await house.engine.listen("a")
        await house.engine.listen("b")
        before = (await elsewhere.say(b"1")).cursor
        await house.ears.have_heard(1)
        way.turn(0)
        await told(house, "lost")
        await elsewhere.say(b"2")
        way.turn(server.port)
        await told(house, "lost", "found")
        await elsewhere.say(b"3")
        await elsewhere.say(b"4", channel="b")

        assert [b"1", b"3", b"4"] == [message.data for message in await house.ears.have_heard(3)]
        # What was missed is not lost: it is read from the last place.
        assert [b"2", b"3"] == await eventually_kept(house, before)
        assert ["lost", "found"] == house.ears.told


async def eventually_kept(house: EngineHouse, after: Cursor) -> list[bytes]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                return await house.kept(after=after)
            except StoreUnavailable:
                await asyncio.sleep(0.02)


async def test_it_is_found_only_once_everything_comes_again(house: EngineHouse, way: Turned, server: Valkey) -> None:
    """Whoever is told so reads what it missed, and takes what comes after that from what it hears."""
    channels = [f"game/{number}" for number in range(500)]
    for channel in channels:
        await house.engine.listen(channel)
    followed: list[int] = []

    def found() -> None:
        # At this very moment: nothing else happens in the loop meanwhile.
        with SynchronousRedis(port=server.port) as client:
            counts = client.execute_command("PUBSUB", "SHARDNUMSUB", *map(names_of(house).told, channels))
        followed.extend(counts[1::2])

    house.ears.found = found  # type: ignore[method-assign]
    way.turn(server.port)
    await until(lambda: bool(followed))

    assert 500 * [1] == followed


async def test_what_nobody_listens_to_any_more_is_not_followed_after_a_loss(
    house: EngineHouse, way: Turned, server: Valkey, beside: Redis
) -> None:
    for channel in ("a", "b"):
        await house.engine.listen(channel)
    way.turn(0)
    await told(house, "lost")
    await house.engine.unlisten("a")
    with pytest.raises(StoreUnavailable):
        await house.engine.listen("c")
    way.turn(server.port)
    await told(house, "lost", "found")

    names = names_of(house)
    followed = await beside.execute_command("PUBSUB", "SHARDCHANNELS")  # type: ignore[no-untyped-call]
    assert {names.nothing, names.told("b")} == set(followed)


async def test_what_nobody_listens_to_any_more_while_all_is_followed_again_is_left(
    server: Valkey, beside: Redis
) -> None:
    async with (
        holding_way(server.port) as way,
        engine_house("redis", f"redis://127.0.0.1:{way.port}") as house,
    ):
        names = names_of(house)
        for channel in ("a", "b"):
            await house.engine.listen(channel)
        # What follows it again is on its way, and so is all that was listened to before.
        way.hold(names.told("a"))
        assert isinstance(house.engine, RedisEngine)
        assert house.engine._delivery._ear is not None
        house.engine._delivery._ear.cut()
        await until(lambda: way.is_holding)
        await house.engine.unlisten("a")
        way.let_go()
        await told(house, "lost", "found")

        async def is_left() -> bool:
            followed = await beside.execute_command("PUBSUB", "SHARDCHANNELS")  # type: ignore[no-untyped-call]
            return {names.nothing, names.told("b")} == set(followed)

        await until(is_left)


async def test_much_that_comes_in_before_an_answer_is_no_dead_connection(server: Valkey) -> None:
    """Who is slow to read is slow to see the answer to its ping; cut off, it would have all to read once more."""
    async with engine_house("redis", server.url, give_up_seconds=0.1, ping_seconds=0.05) as house:
        async with engine_house("redis", server.url, bridge_id=house.bridge_id) as elsewhere:
            await house.engine.listen("a")
            heard: list[int] = []

            def arrived(message: Message) -> None:
                time.sleep(0.03)
                heard.append(message.cursor.offset)

            house.ears.arrived = arrived  # type: ignore[method-assign]
            large = b'"' + DATA_LIMIT_BYTES * b"x" + b'"'
            await asyncio.gather(*(elsewhere.say(large) for _ in range(40)))
            await until(lambda: len(heard) == 40)

        assert [] == house.ears.told
        assert list(range(1, 41)) == heard


async def test_why_a_server_that_came_back_is_not_taken_is_said_once(
    house: EngineHouse, way: Turned, server: Valkey, beside: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    await beside.config_set("maxmemory-policy", "allkeys-lru")
    way.turn(server.port)
    await until(lambda: "maxmemory-policy is allkeys-lru" in caplog.text)
    tries = (await beside.info("stats"))["total_connections_received"]

    async def was_tried_again() -> bool:
        return bool((await beside.info("stats"))["total_connections_received"] >= tries + 2)

    await until(was_tried_again)
    assert 1 == caplog.text.count("maxmemory-policy is allkeys-lru")
    await beside.config_set("maxmemory-policy", "noeviction")
    await told(house, "lost", "found")


async def test_a_listener_that_fails_is_told_of(
    house: EngineHouse, way: Turned, server: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    def found() -> None:
        raise RuntimeError("a fault of ours")

    house.ears.found = found  # type: ignore[method-assign]
    way.turn(server.port)
    await until(lambda: "is not kept in touch with any more" in caplog.text)
    assert "a fault of ours" in caplog.text


async def test_a_dead_connection_that_does_not_say_so_is_noticed(server: Valkey) -> None:
    async with (
        holding_way(server.port) as way,
        engine_house("redis", f"redis://127.0.0.1:{way.port}", give_up_seconds=0.3, ping_seconds=0.1) as house,
    ):
        await house.engine.listen("a")
        await house.say(b"1")
        await house.ears.have_heard(1)
        way.hold(b"")
        await house.say(b"2")
        await told(house, "lost")
        way.let_go()
        await told(house, "lost", "found")
        await house.say(b"3")

        assert [b"1", b"3"] == [message.data for message in await house.ears.have_heard(2)]
        assert [b"1", b"2", b"3"] == await house.kept()


async def test_whoever_wants_to_listen_waits_until_the_server_has_said_that_it_comes(
    server: Valkey, beside: Redis
) -> None:
    async with (
        holding_way(server.port) as way,
        engine_house("redis", f"redis://127.0.0.1:{way.port}", give_up_seconds=0.3) as house,
    ):
        await house.engine.listen("a")
        way.hold(b"")
        with pytest.raises(StoreUnavailable):
            await house.engine.listen("b")
        way.let_go()
        await told(house, "lost", "found")

        followed = await beside.execute_command("PUBSUB", "SHARDCHANNELS")  # type: ignore[no-untyped-call]
        assert {names_of(house).nothing, names_of(house).told("a")} == set(followed)


async def test_a_server_that_is_held_makes_all_stale_and_nothing_waits_for_it(
    house: EngineHouse, server: Valkey
) -> None:
    await house.engine.listen("a")
    await house.say(b"1")
    server.signal(SIGSTOP)
    for attempt in (
        house.say(b"2"),
        house.engine.read("a"),
        house.engine.state("a"),
        house.engine.tops(["a"]),
        house.engine.present("a"),
        house.engine.leave("a", "s1"),
    ):
        with pytest.raises(StoreUnavailable) as caught:
            await attempt
        assert "Retry-After" == caught.value.headers[0][0]
    await told(house, "lost")
    server.signal(SIGCONT)

    await told(house, "lost", "found")
    await said(house, b"3", once="three")
    await until(lambda: house.ears.heard[-1].data == b"3")


async def test_a_server_that_was_started_anew_begins_other_epochs(house: EngineHouse, server: Valkey) -> None:
    await house.engine.listen("a")
    before = [(await house.say(b"%d" % number, key="k", once="one")).cursor for number in range(3)]
    await house.engine.listen("b")
    server.signal(SIGKILL)
    await told(house, "lost")
    server.start()
    await told(house, "lost", "found")
    after = await said(house, b"new", once="one")

    assert after.epoch != before[0].epoch
    assert 1 == after.offset
    assert [b"new"] == await house.kept(after=before[-1])
    await until(lambda: house.ears.heard[-1].data == b"new")


async def test_a_server_that_was_emptied_begins_other_epochs_and_is_read_anew(
    house: EngineHouse, beside: Redis
) -> None:
    await house.engine.listen("a")
    before = (await house.say(b"1", key="k", once="one")).cursor
    await beside.flushall()
    # Nothing was done in the life that was over: the same question is asked in the next.
    again = await house.say(b"2", once="one")

    assert (False, 1) == (again.is_repeat, again.cursor.offset)
    assert before.epoch != again.cursor.epoch
    assert {} == await house.state()
    # Who listens looks at the places again, since the life that it listens in is over.
    await told(house, "lost", "found")


async def test_another_life_of_the_server_is_another_epoch_though_all_is_still_there(
    house: EngineHouse, beside: Redis
) -> None:
    before = (await house.say(b"1", key="k", once="one")).cursor
    life = cast("bytes", await beside.get(names_of(house).life))
    await beside.set(names_of(house).life, b"0123456789abcdef" + life[16:])

    assert before.epoch != (await house.top()).epoch
    assert [] == await house.kept()
    assert {} == await house.state()
    assert not (await house.say(b"1", once="one")).is_repeat


@pytest.mark.parametrize(("field", "which"), [("meta", 0), ("stream", 1), ("state", 2)])
@pytest.mark.parametrize("asked", ["publish", "read", "state", "tops"])
async def test_a_channel_of_which_a_part_is_gone_begins_anew(
    house: EngineHouse, beside: Redis, field: str, which: int, asked: str
) -> None:
    before = [(await house.say(b"%d" % number, key="k")).cursor for number in range(3)]
    assert 1 == await beside.delete(names_of(house).kept("a")[which]), field
    if asked == "publish":
        assert 1 == (await house.say(b"new")).cursor.offset
    elif asked == "tops":
        assert 0 == (await house.engine.tops(["a"]))["a"].offset
    else:
        assert 0 == (await (house.engine.read("a") if asked == "read" else house.engine.state("a"))).top.offset

    assert before[0].epoch != (await house.top()).epoch
    assert ([b"new"] if asked == "publish" else []) == await house.kept()
    assert {} == await house.state()


async def test_what_is_old_goes_with_the_next_publish_though_nobody_reads(way: Turned, beside: Redis) -> None:
    async with engine_house("redis", url_of(way), limits=HistoryLimits(age_seconds=1)) as house:
        for number in range(200):
            await house.say(b"1" * (1 + number % 7), key="k")
        stream, began = names_of(house).kept("a")[1], time.monotonic()
        assert 200 == await beside.xlen(stream)
        await until(lambda: time.monotonic() - began > 1.1)
        await house.say(b"2")

        assert 1 == await beside.xlen(stream)
        assert [b"1", b"201"] == await beside.hmget(names_of(house).kept("a")[0], "b", "f")


async def test_of_two_hosts_that_publish_the_same_at_once_one_does(house: EngineHouse, server: Valkey) -> None:
    async with engine_house("redis", server.url, bridge_id=house.bridge_id) as elsewhere:
        await house.engine.listen("a")
        both = [house.say(b"1", once="one"), elsewhere.say(b"2", once="one")]
        for _ in range(20):
            both += [house.say(b"1", once="one"), elsewhere.say(b"2", once="one")]
        found = await asyncio.gather(*both)

        assert 1 == sum(not each.is_repeat for each in found)
        assert 1 == len({each.cursor for each in found})
        assert 1 == len(await house.kept())
        await house.say(b"last")
        assert [1, 2] == [message.cursor.offset for message in await house.ears.have_heard(2)]


async def test_what_one_host_publishes_another_hears_reads_and_sees(house: EngineHouse, server: Valkey) -> None:
    async with engine_house("redis", server.url, bridge_id=house.bridge_id) as elsewhere:
        await elsewhere.engine.listen("a")
        cursor = (await house.say(b"1", key="k")).cursor

        (heard,) = await elsewhere.ears.have_heard(1)
        assert (cursor, b"1") == (heard.cursor, heard.data)
        assert [heard] == list((await elsewhere.engine.read("a")).messages)
        assert {"k": b"1"} == await elsewhere.state()
        assert [] == house.ears.heard


async def test_installations_that_share_a_server_do_not_meet(house: EngineHouse, server: Valkey) -> None:
    async with engine_house("redis", server.url) as stranger:
        await house.engine.listen("a")
        await stranger.say(b"theirs", once="one")
        await house.say(b"ours", once="one")

        assert [b"ours"] == [message.data for message in await house.ears.have_heard(1)]
        assert [b"ours"] == await house.kept()


async def test_a_server_without_room_takes_nothing_and_keeps_what_it_has(house: EngineHouse, beside: Redis) -> None:
    await house.say(b"1")
    await beside.config_set("maxmemory", "1mb")
    with pytest.raises(StoreUnavailable):
        await house.say(b"2", once="two")
    await beside.config_set("maxmemory", "0")

    assert 2 == (await said(house, b"2", once="two")).offset
    assert [b"1", b"2"] == await house.kept()


async def test_a_publish_whose_answer_was_lost_is_done_once_when_it_is_repeated(
    house: EngineHouse, server: Valkey
) -> None:
    await house.say(b"1")
    server.signal(SIGSTOP)
    with pytest.raises(StoreUnavailable):
        await house.say(b"2", once="two")
    server.signal(SIGCONT)

    assert 2 == (await said(house, b"2", once="two")).offset
    assert [b"1", b"2"] == await house.kept()


async def test_all_that_is_kept_of_channels_goes_by_itself(way: Turned, beside: Redis) -> None:
    limits = HistoryLimits(idle_seconds=100, idempotency_seconds=10)
    async with engine_house("redis", url_of(way), limits=limits) as house:
        await house.say(b"1", key="k", once="one")
        await house.top("read")
        await house.engine.enter("a", present("s1"), seconds=60)
        await house.engine.enter("a", present("s2"), seconds=5)
        lives = {key: await beside.pttl(key) for key in await beside.keys("*")}

    assert {names_of(house).life} == {key for key, left in lives.items() if left == -1}
    assert 4 + 1 + 2 + 1 == len(lives)
    stay = sorted(left for left in lives.values() if left != -1)
    assert all(5_000 < left <= 10_000 for left in stay[:1])
    assert all(30_000 < left <= 60_000 for left in stay[1:3])
    assert all(70_000 < left <= 100_000 for left in stay[3:])


def present(name: str) -> Present:
    return Present(name, "device", 1)


async def test_what_is_published_in_one_turn_shares_a_trip(house: EngineHouse, beside: Redis) -> None:
    await house.say(b"0")
    before = (await beside.info("stats"))["total_reads_processed"]
    await asyncio.gather(*(house.say(b"%d" % number) for number in range(1, 51)))
    after = (await beside.info("stats"))["total_reads_processed"]

    # One of ours, and the other client's own.
    assert after - before <= 5
    assert 51 == len(await house.kept())


async def test_no_address_of_the_server_and_nothing_that_is_published_stands_in_the_log(
    server: Valkey, beside: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    await beside.config_set("requirepass", "sesame-Zq81")
    with caplog.at_level(logging.DEBUG):
        async with engine_house("redis", f"redis://:sesame-Zq81@127.0.0.1:{server.port}", give_up_seconds=0.3) as house:
            await house.say(b"confidential-77", key="confidential-78", once="confidential-79")
            server.signal(SIGSTOP)
            with pytest.raises(StoreUnavailable):
                await house.say(b"confidential-77")
            await told(house, "lost")
            server.signal(SIGCONT)
            await told(house, "lost", "found")

    assert "the channels' Redis went away: what is followed is stale until it is there" in caplog.text
    assert "the channels' Redis is there again" in caplog.text
    assert not {"sesame", "confidential", str(server.port)} & set(caplog.text.split())
    assert "sesame" not in caplog.text
    assert "confidential" not in caplog.text


async def test_a_promoted_replica_that_lags_has_other_epochs_and_no_cursor_is_taken_for_another(
    server: Valkey, way: Turned
) -> None:
    """More is published after the fail-over than was lost: an old place would otherwise look like a good one."""
    with valkey("--replicaof", f"127.0.0.1 {server.port}", *AT_ONCE) as replica:
        async with Redis(port=replica.port) as client:
            await until_follows(client)
            async with engine_house("redis", url_of(way), give_up_seconds=GIVE_UP_SECONDS) as house:
                await house.engine.listen("a")
                await house.say(b"0", key="k", once="kept")
                stream = names_of(house).kept("a")[1]

                async def has_one() -> bool:
                    return bool(await client.xlen(stream) == 1)

                await until(has_one)
                replica.signal(SIGSTOP)
                lost = [await house.say(b"lost %d" % number, key="k") for number in range(5)]
                await house.ears.have_heard(6)
                server.signal(SIGKILL)
                replica.signal(SIGCONT)
                await client.execute_command("REPLICAOF", "NO", "ONE")  # type: ignore[no-untyped-call]
                way.turn(replica.port)
                await told(house, "lost", "found")
                new = [await said(house, b"new %d" % number, once=f"new {number}") for number in range(10)]

                assert new[0].epoch != lost[0].cursor.epoch
                assert list(range(1, 11)) == [cursor.offset for cursor in new]
                assert [b"new %d" % number for number in range(10)] == await house.kept(after=lost[-1].cursor)
                assert {} == await house.state()
                await house.ears.have_heard(16)
                # What the replica remembers of an idempotency key is of the epoch before.
                assert not (await house.say(b"0", once="kept")).is_repeat


async def until_follows(replica: Redis) -> None:
    async def is_up() -> bool:
        return bool((await replica.info("replication"))["master_link_status"] == "up")

    await until(is_up)


async def test_an_ear_at_a_server_that_nobody_publishes_to_any_more_is_noticed(way: Turned) -> None:
    """The former primary is held up by nothing and answers each ping; what is published goes to the new one."""
    with valkey(*AT_ONCE) as other:
        async with engine_house("redis", url_of(way), give_up_seconds=GIVE_UP_SECONDS, ping_seconds=0.1) as house:
            await house.engine.listen("a")
            await house.say(b"1")
            await house.ears.have_heard(1)
            way.to = other.port
            engine = house.engine
            assert isinstance(engine, RedisEngine)
            assert engine._server.link is not None
            engine._server.link.cut()
            await said(house, b"2", once="two")
            await told(house, "lost", "found")
            await said(house, b"3", once="three")

            await until(lambda: house.ears.heard[-1].data == b"3")
            assert [b"2", b"3"] == await house.kept()


async def test_whoever_publishes_to_a_server_that_the_ear_has_left_goes_after_it(way: Turned) -> None:
    with valkey(*AT_ONCE) as other:
        async with engine_house("redis", url_of(way), give_up_seconds=GIVE_UP_SECONDS, ping_seconds=0.1) as house:
            await house.engine.listen("a")
            await house.say(b"1")
            await house.ears.have_heard(1)
            way.to = other.port
            engine = house.engine
            assert isinstance(engine, RedisEngine)
            assert engine._delivery._ear is not None
            engine._delivery._ear.cut()
            await told(house, "lost", "found")
            await said(house, b"2", once="two")

            assert [b"1", b"2"] == [message.data for message in await house.ears.have_heard(2)]
            assert [b"2"] == await house.kept()
