"""Single use while the server that keeps it fails: real servers, real processes, and requests that come several times.

What is held: at most one effect for each number of a session, whatever is killed or held when; and after a replica has
been promoted every session of the life before is over.
"""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import cast

import pytest
from redis.asyncio import Redis

from backend.errors import StoreUnavailable
from core_rs import Table
from tests.contract.signing import Session
from tests.integration.gate.store_house import STORES, Kind, StoreHouse, store_house
from tests.integration.gate.store_processes import Told, Worker
from tests.integration.web.waiting import until
from tests.integration.web.wire import PATIENCE_SECONDS
from tests.servers.turned import Turned, turned
from tests.servers.valkey import Valkey, valkey

# The give-up of the product, on a machine that others use too.
GIVE_UP_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    primary: Valkey
    replica: Valkey
    way: Turned

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.way.port}"

    async def promote(self) -> None:
        await told(self.replica, "REPLICAOF", "NO", "ONE")
        self.way.turn(self.replica.port)


@pytest.fixture
def servers() -> Iterator[tuple[Valkey, Valkey]]:
    with ExitStack() as running:
        primary = running.enter_context(valkey("--repl-diskless-sync-delay", "0"))
        replica = running.enter_context(
            valkey("--replicaof", f"127.0.0.1 {primary.port}", "--repl-diskless-sync-delay", "0")
        )
        yield primary, replica


@pytest.fixture
async def pair(servers: tuple[Valkey, Valkey]) -> AsyncIterator[Pair]:
    primary, replica = servers
    async with turned(primary.port) as way:
        await follows(replica)
        yield Pair(primary, replica, way)


async def told(server: Valkey, *words: str) -> None:
    async with Redis(port=server.port, single_connection_client=True) as client:
        await client.execute_command(*words)  # type: ignore[no-untyped-call]


async def follows(replica: Valkey) -> None:
    """Wait until it has all that its primary has."""
    async with Redis(port=replica.port) as client:

        async def is_up() -> bool:
            return bool((await client.info("replication"))["master_link_status"] == "up")

        await until(is_up)


async def reached(server: Valkey, session: Session, house: StoreHouse, top: int) -> None:
    """Wait until a session's highest number at a server is that high."""
    key = b"tbx:" + house.bridge_id.hex().encode() + b":w:" + session.random
    async with Redis(port=server.port) as client:

        async def is_there() -> bool:
            return int.from_bytes(cast("bytes", await client.getrange(key, 0, 3))) >= top

        await until(is_there)


async def code_of(house: StoreHouse, session: Session, number: int) -> str:
    """Offer until the store says something; a fail-over takes a moment."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                return (await house.offer(session, number))[0]
            except StoreUnavailable:
                await asyncio.sleep(0.05)


@asynccontextmanager
async def storm(
    house: StoreHouse, session: Session, pair: Pair, *, last: int, processes: int
) -> AsyncIterator[list[Told]]:
    """Offer every number several times from several processes while the block runs; it is filled at its end."""
    found: list[Told] = []
    workers = [
        Worker(house, session, url=pair.url, last=last, copies=copies, give_up_seconds=GIVE_UP_SECONDS)
        for copies in range(2, 2 + processes)
    ]
    await asyncio.gather(*(worker.ready() for worker in workers))
    for worker in workers:
        worker.go()
    yield found
    found += await asyncio.gather(*(worker.told() for worker in workers))


def effects(found: list[Told]) -> Counter[int]:
    return Counter(number for each in found for number in each.admitted)


def codes(found: list[Told]) -> set[str]:
    return {code for each in found for code in each.codes}


@pytest.mark.parametrize("last", [600, pytest.param(60_000, marks=[pytest.mark.proof, pytest.mark.timeout(1200)])])
async def test_a_killed_primary_costs_the_sessions_and_doubles_no_effect(pair: Pair, last: int) -> None:
    async with store_house("redis", pair.url, give_up_seconds=GIVE_UP_SECONDS) as house:
        session = await house.open()
        before = house.store.epoch
        async with storm(house, session, pair, last=last, processes=2) as found:
            await reached(pair.replica, session, house, last // 6)
            # From here on the replica misses what is told to clients.
            pair.replica.signal(signal.SIGSTOP)
            await reached(pair.primary, session, house, last // 3)
            pair.primary.signal(signal.SIGKILL)
            pair.replica.signal(signal.SIGCONT)
            await pair.promote()
        assert {1} == set(effects(found).values())
        assert "epoch" in codes(found)
        assert len(effects(found)) >= last // 3

        # All of it once more: the numbers that the replica never heard of as well.
        async with storm(house, session, pair, last=last, processes=2) as again:
            pass
        assert {} == effects(again)
        assert {"epoch"} == codes(again) - {"unavailable"}

        assert "epoch" == await code_of(house, session, last + 1)
        assert before != house.store.epoch
        assert "admitted" == await code_of(house, await house.open(), 1)


async def test_a_held_primary_that_goes_on_later_shares_no_session_with_the_promoted_one(pair: Pair) -> None:
    async with store_house("redis", pair.url, give_up_seconds=GIVE_UP_SECONDS) as house:
        session = await house.open()
        async with storm(house, session, pair, last=600, processes=2) as found:
            await reached(pair.primary, session, house, 200)
            pair.primary.signal(signal.SIGSTOP)
            await pair.promote()
        assert {1} == set(effects(found).values())
        assert "epoch" == await code_of(house, session, 601)
        newer = await house.open()
        assert "admitted" == await code_of(house, newer, 1)

        pair.primary.signal(signal.SIGCONT)
        async with store_house("redis", pair.primary.url, bridge_id=house.bridge_id) as stuck:
            at_the_old = [number for number in range(1, 601) if await code_of(stuck, session, number) == "admitted"]
            assert "epoch" == await code_of(stuck, newer, 2)
        assert set() == set(at_the_old) & set(effects(found))
        assert "epoch" == await code_of(house, session, 602)


async def test_a_primary_that_followed_another_for_a_while_leads_in_another_life(pair: Pair) -> None:
    """Its run id is what it was, and what it keeps is what the other one had."""
    async with store_house("redis", pair.url, give_up_seconds=GIVE_UP_SECONDS) as house:
        session = await house.open()
        await code_of(house, session, 1)
        await reached(pair.replica, session, house, 1)
        pair.replica.signal(signal.SIGSTOP)
        assert "admitted" == await code_of(house, session, 2)
        pair.way.turn(0)
        # The replica is promoted without number 2, and the primary takes over what it has.
        pair.primary.signal(signal.SIGSTOP)
        pair.replica.signal(signal.SIGCONT)
        await told(pair.replica, "REPLICAOF", "NO", "ONE")
        pair.primary.signal(signal.SIGCONT)
        await told(pair.primary, "REPLICAOF", "127.0.0.1", str(pair.replica.port))
        await follows(pair.primary)
        await told(pair.primary, "REPLICAOF", "NO", "ONE")
        pair.way.turn(pair.primary.port)

        assert "epoch" == await code_of(house, session, 2)


@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", STORES)
async def test_a_million_requests_that_come_several_times_have_one_effect_each(kind: Kind, valkey_url: str) -> None:
    sessions, last, processes = 4, 25_000, 3
    async with store_house(kind, valkey_url, table=None if kind == "redis" else Table.create_shared()) as house:
        doubled: list[int] = []
        offered = 0
        for _ in range(sessions):
            session = await house.open()
            workers = [
                Worker(house, session, url=valkey_url, last=last, copies=copies)
                for copies in range(2, 2 + processes + 1)
            ]
            found = await asyncio.gather(*(worker.finished() for worker in workers))
            offered += sum(sum(each.codes.values()) for each in found)
            seen = effects(list(found))
            assert last == len(seen)
            doubled += [number for number, times in seen.items() if times > 1]

    assert offered >= 1_000_000
    assert [] == doubled
