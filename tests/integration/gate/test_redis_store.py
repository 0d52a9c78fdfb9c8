"""What only the store of many hosts has to care about: a server that is wrong, away, slow, new or full."""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Iterator
from signal import SIGCONT, SIGKILL, SIGSTOP
from typing import cast

import pytest
from redis.asyncio import Redis

from backend.errors import SettingsError, StoreUnavailable
from bridge.breakers.breaker import State
from bridge.gate.stores.scripts import SCRIPTS
from tests.contract.signing import Session
from tests.integration.gate.store_house import StoreHouse, signed, store_house
from tests.integration.web.waiting import until
from tests.servers.valkey import Valkey, free_port, valkey

GIVE_UP_SECONDS = 0.3
OPEN_SECONDS = 0.4
AT_ONCE = ("--repl-diskless-sync-delay", "0")


@pytest.fixture
def server() -> Iterator[Valkey]:
    with valkey() as running:
        yield running


@pytest.fixture
async def house(server: Valkey) -> AsyncIterator[StoreHouse]:
    async with store_house("redis", server.url, give_up_seconds=GIVE_UP_SECONDS, open_seconds=OPEN_SECONDS) as made:
        yield made


@pytest.fixture
async def beside(server: Valkey) -> AsyncIterator[Redis]:
    """Another client of the same server, which is not ours."""
    async with Redis(port=server.port) as client:
        yield client


async def known(house: StoreHouse) -> Session:
    """Open a session that the worker remembers."""
    session = await house.open()
    assert "admitted" == (await house.offer(session, 1))[0]
    return session


async def soon(house: StoreHouse, session: Session, number: int) -> str:
    async with asyncio.timeout(10):
        while True:
            try:
                return (await house.offer(session, number))[0]
            except StoreUnavailable:
                await asyncio.sleep(0.02)


def life_of(house: StoreHouse) -> bytes:
    return b"tbx:" + house.bridge_id.hex().encode() + b":life"


async def refused(url: str) -> str:
    with pytest.raises(SettingsError) as caught:
        async with store_house("redis", url):
            pass
    return caught.value.sentence


async def test_a_server_that_may_forget_is_refused_with_what_to_set() -> None:
    with valkey("--maxmemory-policy", "allkeys-lru") as server:
        sentence = await refused(server.url)

    assert "CONFIG SET maxmemory-policy noeviction" in sentence
    assert "allkeys-lru" in sentence


async def test_a_cluster_is_refused_by_name() -> None:
    # The port of a cluster's own talk would be 10,000 higher, which a free port may not have.
    with valkey("--cluster-enabled", "yes", "--cluster-port", str(free_port())) as server:
        assert "Redis Cluster" in await refused(server.url)


async def test_a_replica_is_refused(server: Valkey) -> None:
    with valkey("--replicaof", f"127.0.0.1 {server.port}") as replica:
        assert "is a replica" in await refused(replica.url)


async def test_a_wrong_password_is_refused_and_stands_nowhere(
    server: Valkey, beside: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    await beside.config_set("requirepass", "right")
    with caplog.at_level(logging.DEBUG):
        sentence = await refused(f"redis://:wrong-Zq81@127.0.0.1:{server.port}")
        async with store_house("redis", f"redis://:right@127.0.0.1:{server.port}/3") as house:
            assert "admitted" == (await house.offer(await house.open(), 1))[0]

    assert "user and the password" in sentence
    assert "wrong-Zq81" not in sentence + caplog.text


async def test_a_user_who_may_not_ask_the_server_who_it_is_is_refused(beside: Redis, server: Valkey) -> None:
    await beside.acl_setuser(
        "gate", enabled=True, passwords=["+secret"], keys=["*"], categories=["+@all"], commands=["-info"]
    )

    assert "NOPERM" in await refused(f"redis://gate:secret@127.0.0.1:{server.port}")


async def test_a_server_that_is_away_at_the_start_may_come_later(server: Valkey) -> None:
    server.stop()
    async with store_house("redis", server.url, open_seconds=0.05) as house:
        with pytest.raises(StoreUnavailable):
            _ = house.store.epoch
        server.start()
        async with asyncio.timeout(10):
            while True:
                try:
                    session = await house.open()
                    break
                except StoreUnavailable:
                    await asyncio.sleep(0.02)
        assert "admitted" == await soon(house, session, 1)


async def test_a_server_that_ends_lets_nothing_in_and_a_new_one_is_another_life(
    house: StoreHouse, server: Valkey
) -> None:
    session, epoch = await known(house), house.store.epoch
    server.signal(SIGKILL)

    for attempt in (
        house.offer(session, 2),
        house.open(),
        house.store.spend(b"a", life_seconds=9),
        house.store.end_window(session.random),
    ):
        with pytest.raises(StoreUnavailable) as caught:
            await attempt
        assert "Retry-After" == caught.value.headers[0][0]
    server.start()

    assert "epoch" == await soon(house, session, 2)
    assert epoch != house.store.epoch
    assert "admitted" == (await house.offer(await house.open(), 1))[0]


async def test_a_server_that_is_slow_is_given_up_in_time_and_then_not_waited_for(
    house: StoreHouse, server: Valkey
) -> None:
    session = await known(house)
    server.signal(SIGSTOP)
    waits = []
    for number in range(2, 8):
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await house.offer(session, number)
        waits.append(time.monotonic() - began)
    server.signal(SIGCONT)

    assert waits[0] >= GIVE_UP_SECONDS
    assert sum(wait < GIVE_UP_SECONDS / 2 for wait in waits) >= 2
    assert State.CLOSED is not house.redis._server.breaker.state
    assert "admitted" == await soon(house, session, 9)
    assert (State.CLOSED, 0) == (house.redis._server.breaker.state, house.redis._server.breaker.failures)


async def test_a_number_whose_answer_was_lost_may_be_spent_and_is_never_let_in_twice(
    house: StoreHouse, server: Valkey
) -> None:
    session = await known(house)
    server.signal(SIGSTOP)
    with pytest.raises(StoreUnavailable):
        await house.offer(session, 2)
    server.signal(SIGCONT)

    codes = [await soon(house, session, 2) for _ in range(2)]
    assert codes in (["admitted", "replayed"], ["replayed", "replayed"])


async def test_a_server_that_was_emptied_is_another_life(house: StoreHouse, beside: Redis) -> None:
    session, epoch = await known(house), house.store.epoch
    await beside.flushall()

    assert ("epoch", session.key_id, 0, None) == await house.offer(session, 2)
    assert epoch != house.store.epoch
    assert "admitted" == (await house.offer(await house.open(), 1))[0]


async def test_a_life_that_another_worker_began_is_learned_and_ends_what_is_remembered(
    house: StoreHouse, beside: Redis
) -> None:
    session = await known(house)
    life = cast("bytes", await beside.get(life_of(house)))
    await beside.set(life_of(house), b"0123456789abcdef" + life[16:])

    # The window is still there, and the worker remembers the session.
    assert ("epoch", session.key_id, 0, None) == await house.offer(session, 2)
    assert "0123456789abcdef" == house.store.epoch


async def test_a_replica_that_may_be_written_to_judges_nothing(
    house: StoreHouse, server: Valkey, beside: Redis
) -> None:
    await beside.config_set("repl-diskless-sync-delay", 0)
    where = f"127.0.0.1 {server.port}"
    with valkey("--replicaof", where, "--replica-read-only", "no", *AT_ONCE) as replica:
        async with Redis(port=replica.port) as client:

            async def is_up() -> bool:
                return bool((await client.info("replication"))["master_link_status"] == "up")

            async def has_the_window() -> bool:
                return await client.get(names.window(session.random)) is not None

            await until(is_up)
            # A server that gets its first replica takes another replication id.
            await house.offer(house.session(), 1)
            session = await house.open()
            names = house.redis._names
            keys = (names.life, names.window(session.random))
            await until(has_the_window)
            for each in (client, beside):
                await each.script_load(_text("look"))
            told = [
                await each.evalsha(SCRIPTS["look"].digest, len(keys), *keys, session.epoch) for each in (client, beside)
            ]

    assert [[0, None], [1]] == told


def _text(name: str) -> str:
    from importlib.resources import files  # noqa: PLC0415 - of this test alone

    parts = (("bridge.redis_server", "life"), ("bridge.gate.stores", name))
    return "".join((files(room) / "scripts" / f"{part}.lua").read_text(encoding="utf-8") for room, part in parts)


async def test_forgotten_scripts_are_loaded_again(house: StoreHouse, beside: Redis) -> None:
    session = await known(house)
    await beside.script_flush()

    with pytest.raises(StoreUnavailable):
        await house.offer(session, 2)
    assert "admitted" == await soon(house, session, 2)


async def test_a_server_without_room_lets_nothing_in(house: StoreHouse, beside: Redis) -> None:
    session = await known(house)
    await beside.config_set("maxmemory", "1mb")

    for attempt in (house.offer(session, 2), house.open(), house.store.spend(b"a", life_seconds=9)):
        with pytest.raises(StoreUnavailable):
            await attempt
    await beside.config_set("maxmemory", "0")
    assert "admitted" == await soon(house, session, 2)


async def test_all_that_is_kept_of_sessions_goes_by_itself(house: StoreHouse, beside: Redis) -> None:
    await known(house)
    await house.store.spend(b"a challenge", life_seconds=60)
    for session in (await known(house), house.session()):
        await house.store.end_window(session.random)
    lives = {cast("bytes", key).rpartition(b":")[2]: await beside.pttl(key) for key in await beside.keys("*")}

    stays = {name for name, milliseconds in lives.items() if milliseconds == -1}
    assert {b"life"} == stays
    # What a limit is owed is paid within milliseconds: it may be gone before it is asked for.
    assert {-2, -1} | {each for each in lives.values() if 0 <= each <= 960_000} == {-2, *lives.values()}


async def test_the_end_of_a_session_counts_at_the_next_request_to_another_host(
    house: StoreHouse, server: Valkey
) -> None:
    async with store_house("redis", server.url, bridge_id=house.bridge_id) as elsewhere:
        session, other = await known(house), await known(house)
        for each in (session, other):
            assert "admitted" == (await elsewhere.offer(each, 2))[0]
        await house.store.end_window(session.random)

        assert ["revoked", "admitted"] == [(await elsewhere.offer(each, 3))[0] for each in (session, other)]
        assert 2 == elsewhere.records_read


async def test_requests_of_one_turn_share_a_trip(house: StoreHouse, beside: Redis) -> None:
    session = await known(house)
    before = (await beside.info("stats"))["total_reads_processed"]
    verdicts = await asyncio.gather(*(house.offer(session, number) for number in range(2, 52)))
    after = (await beside.info("stats"))["total_reads_processed"]

    assert {"admitted"} == {verdict[0] for verdict in verdicts}
    # One of ours, and the other client's own.
    assert after - before <= 5


async def test_whoever_stops_waiting_disturbs_nobody_elses_answer(house: StoreHouse) -> None:
    session = await known(house)
    tasks = [asyncio.create_task(house.offer(session, number)) for number in range(2, 32)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.wait(tasks)

    kept = [task.result() for task in tasks[1::2]]
    assert list(range(3, 32, 2)) == [verdict[2] for verdict in kept]
    assert all(task.cancelled() for task in tasks[::2])


async def test_a_byte_that_was_leapt_over_holds_nothing_of_the_round_before(house: StoreHouse) -> None:
    session = await house.open()
    stepped = [*range(8, 16), *range(16, 1_025, 8), 1_031, 1_040]
    assert {"admitted"} == {(await house.offer(session, number))[0] for number in stepped}

    assert {"admitted"} == {(await house.offer(session, number))[0] for number in range(1_032, 1_040)}
    assert "replayed" == (await house.offer(session, 1_040))[0]


async def test_what_a_request_sends_holds_no_secret(house: StoreHouse, beside: Redis) -> None:
    session = await house.open()
    async with beside.monitor() as monitor:
        await house.offer(session, 1, request=signed(session, 1, body=b'{"secret": 1}'))
        seen = await monitor.next_command()

    assert "secret" not in str(seen)
    assert session.key.hex() not in str(seen)
    assert re.search("EVALSHA", str(seen))
