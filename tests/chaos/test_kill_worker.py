"""Workers are killed while clients write: what was acknowledged is there, once, and so is what it brings about."""

import asyncio
import os
import random
import signal
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.outbox_admin import count_states
from backend.db.unit import Transaction
from tests.integration.serve.bridge_process import BridgeProcess, of_workers
from tests.ledger import store

LEDGER: Final = "tests.chaos.unlimited_ledger"
ACCOUNT: Final = "chaos"
CLIENTS: Final = 12
ANSWER_LIMIT_SECONDS: Final = 10
# A killed worker's rows of the outbox wait for their lease to end, and its leadership for its own. How long the rest
# takes depends on how many entries there are: all of them are of one order, so they are worked off one by one.
STANDSTILL_SECONDS: Final = 40


@dataclass(slots=True)
class Tally:
    """What the clients were told."""

    # The id of each entry by the key under which it was asked for.
    acknowledged: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    broken_off: int = 0
    contradicted: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ledger:
    entries: dict[str, str]
    mirrored: dict[str, int]
    outbox: dict[str, int]


async def write_until(stopping: asyncio.Event, base: str, tally: Tally) -> None:
    """Add one entry after the other, each under a key of its own that is repeated until it is answered."""
    limit = aiohttp.ClientTimeout(total=ANSWER_LIMIT_SECONDS)
    # A new connection each time, so that every worker gets its share of them.
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(base, timeout=limit, connector=connector) as session:
        while not stopping.is_set():
            key = str(uuid.uuid4())
            tally.asked += 1
            await write_one(session, key, tally)
            # Some answers are asked for again although they came: they must not add a second entry.
            if random.random() < 0.1:  # noqa: S311 - no secret
                await write_one(session, key, tally)


async def write_one(session: aiohttp.ClientSession, key: str, tally: Tally) -> None:
    while True:
        try:
            async with session.post(
                f"/api/v1/ledger/accounts/{ACCOUNT}/entries",
                json={"amount": 1, "note": key},
                headers={"Idempotency-Key": key},
            ) as answer:
                body = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ConnectionError):
            tally.broken_off += 1
            continue
        if answer.status in {409, 503}:  # it may be sent again, and says so
            continue
        assert answer.status == 201, body
        if tally.acknowledged.setdefault(key, body["id"]) != body["id"]:
            tally.contradicted.append(key)
        return


async def kill_workers(bridge: BridgeProcess, tally: Tally, *, kills: int) -> None:
    """Kill so many, and on until a client has noticed."""
    killed: list[int] = []
    while len(killed) < kills or tally.broken_off == 0:
        await asyncio.sleep(random.uniform(0.05, 0.4))  # noqa: S311 - in the middle of whatever it does
        pid = random.choice(await asyncio.to_thread(bridge.wait_for_workers, other_than=killed))  # noqa: S311
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)
    await asyncio.to_thread(bridge.wait_for_workers, other_than=killed)


async def read_ledger(config: DatabaseConfig) -> Ledger:
    async def unit(tx: Transaction) -> Ledger:
        entries = await store.entries(tx, ACCOUNT, after="", limit=1_000_000)
        states = {str(state): count for state, count in (await count_states(tx)).items()}
        return Ledger({entry.id: entry.note for entry in entries}, await store.mirrored(tx), states)

    async with open_database(config) as database:
        return await database.read(unit)


async def mirrored_ledger(config: DatabaseConfig) -> Ledger:
    """Wait until the outbox has nothing left to do, as long as what it has to do becomes less."""
    loop = asyncio.get_running_loop()
    async with open_database(config) as database:
        left = (await database.read(count_states))["pending"]
        limit = loop.time() + STANDSTILL_SECONDS
        while left:
            await asyncio.sleep(0.2)
            now_left = (await database.read(count_states))["pending"]
            if now_left < left:
                left, limit = now_left, loop.time() + STANDSTILL_SECONDS
            assert loop.time() < limit, f"{left} rows of the outbox are not worked off"
    return await read_ledger(config)


async def storm(folder: Path, config: DatabaseConfig, valkey_url: str, *, workers: int, kills: int) -> None:
    settings = {
        "TOOLBOXAI_DATABASE_URL": config.url.reveal(),
        **of_workers(workers, valkey_url),
        "TOOLBOXAI_LOG_LEVEL": "warning",
    }
    tally = Tally()
    stopping = asyncio.Event()
    with BridgeProcess(folder, module=LEDGER, settings=settings) as bridge:
        await asyncio.to_thread(bridge.start)
        base = f"http://127.0.0.1:{bridge.port}"
        async with (
            aiohttp.ClientSession(base) as session,
            session.post(
                "/api/v1/ledger/accounts", json={"name": ACCOUNT}, headers={"Idempotency-Key": str(uuid.uuid4())}
            ) as made,
        ):
            assert made.status == 201, await made.text()
        async with asyncio.TaskGroup() as clients:
            for _ in range(CLIENTS):
                clients.create_task(write_until(stopping, base, tally))
            await kill_workers(bridge, tally, kills=kills)
            stopping.set()
        ledger = await mirrored_ledger(config)
        ended = await asyncio.to_thread(bridge.stop)

    assert ended.code == 0, ended.error
    assert len(tally.acknowledged) == tally.asked
    check(tally, ledger)


def check(tally: Tally, ledger: Ledger) -> None:
    """Compare what clients were told with what is there."""
    told = {entry_id: key for key, entry_id in tally.acknowledged.items()}
    assert {} == {entry_id: key for entry_id, key in told.items() if entry_id not in ledger.entries}, "lost"
    assert ledger.entries == told, "an entry under another key, or one that nobody was told of"
    assert tally.contradicted == []
    assert dict.fromkeys(ledger.entries, 1) == ledger.mirrored, "an effect is missing or was never due"
    assert ledger.outbox["dead"] == 0


@pytest.mark.timeout(180)
async def test_no_acknowledged_write_is_lost_when_workers_are_killed(
    tmp_path: Path, sparing_database_config: DatabaseConfig, valkey_url: str
) -> None:
    await storm(tmp_path / "data", sparing_database_config, valkey_url, workers=1, kills=3)


@pytest.mark.proof
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("workers", [1, 2])
async def test_no_acknowledged_write_is_lost_in_a_long_storm(
    tmp_path: Path, database_config: DatabaseConfig, valkey_url: str, workers: int
) -> None:
    await storm(tmp_path / "data", database_config, valkey_url, workers=workers, kills=25)


def _ledger(entries: dict[str, str], mirrored: list[str], *, dead: int = 0) -> Ledger:
    return Ledger(entries, dict.fromkeys(mirrored, 1), {"pending": 0, "done": len(mirrored), "dead": dead})


def test_the_check_passes_what_is_right() -> None:
    check(Tally({"key": "a"}), _ledger({"a": "key"}, ["a"]))


@pytest.mark.parametrize(
    "ledger",
    [
        _ledger({}, []),
        _ledger({"a": "key"}, []),
        _ledger({"a": "key", "b": "key"}, ["a", "b"]),
        _ledger({"a": "key"}, ["a", "b"]),
        _ledger({"a": "key"}, ["a"], dead=1),
    ],
    ids=["lost", "no effect", "twice", "effect of nothing", "dead"],
)
def test_the_check_finds_what_is_wrong(ledger: Ledger) -> None:
    with pytest.raises(AssertionError):
        check(Tally({"key": "a"}), ledger)
