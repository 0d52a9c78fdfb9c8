"""Channels under every fault that there is: whoever follows misses nothing, and gets nothing twice, without being told.

Whole bridges, real databases, and Valkey with a replica; connections that are cut, slowed, cut to pieces, held and
deserted, between clients and the bridge and between the bridge and Valkey; workers and servers that are killed and
held; somebody who changes what goes over the line. What each follower believed is judged afterwards, by
tests/chaos/channels/judge.py.
"""

import asyncio
import secrets
from pathlib import Path
from typing import Final

import pytest

from backend.db.config import DatabaseConfig
from tests.chaos.channels.storm import Act, Engine, Storm, storm

SEED: Final = 20_261_128
FEW: Final = {"web_sockets": 6, "events": 4, "polls": 3}
# In the full form so many are delivered of each engine, and by how many followers.
DELIVERED: Final = 520_000
MANY: Final = {"web_sockets": 150, "events": 60, "polls": 15}
# Of the faults that were found.
SHOWN: Final = 20


def acts_on(tested: Storm) -> tuple[Act, ...]:
    """Return what happens, in an order in which each disturbs something; what costs little comes first."""
    clients: tuple[Act, ...] = (tested.forge, tested.cut_clients, tested.desert_clients, tested.stall_clients)
    floods: tuple[Act, ...] = (tested.flood_clients, tested.outrun_clients)
    if tested.engine == "memory":
        return (*clients, *floods, tested.kill_a_worker, tested.restart_the_bridge)
    lines = (tested.lose_answers_of_the_store, tested.cut_the_store, tested.stall_the_store)
    servers = (tested.fail_over, tested.hold_the_store, tested.restart_the_store, tested.kill_a_worker)
    return (*clients, *floods, *lines, *servers)


async def once_each(engine: Engine, folder: Path, config: DatabaseConfig) -> Storm:
    async with storm(engine, folder, config, seed=SEED) as tested, tested.followed(**FEW):
        await tested.publisher.commit(10)
        for act in acts_on(tested):
            await tested.do(act)
            await tested.publisher.commit(15)
    return tested


@pytest.mark.timeout(180)
async def test_nobody_misses_a_message_or_gets_one_twice_without_being_told(
    tmp_path: Path, sqlite_database: DatabaseConfig, postgres_database: DatabaseConfig
) -> None:
    """Both engines at once, as most of the time is spent waiting for the leases of what was killed."""
    async with asyncio.TaskGroup() as group:
        memory = group.create_task(once_each("memory", tmp_path / "memory", sqlite_database))
        redis = group.create_task(once_each("redis", tmp_path / "redis", postgres_database))

    for tested in (memory.result(), redis.result()):
        check(tested, at_least=1_000)


@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("engine", ["memory", "redis"])
async def test_nobody_misses_one_of_half_a_million_messages_of_each_engine(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    config = request.getfixturevalue("sqlite_database" if engine == "memory" else "postgres_database")
    seed = secrets.randbits(32)
    with capsys.disabled():
        print(f"\n{engine}: seed {seed}")  # noqa: T201 - to have it whatever happens
    async with storm(engine, tmp_path / "data", config, seed=seed) as tested, tested.followed(**MANY):
        acts = acts_on(tested)
        # Once all of them, and then whatever is drawn; what costs little comes more often.
        for act in acts:
            await tested.publisher.commit(15)
            await tested.do(act)
        await tested.rage((*acts, *4 * acts[:4]), until_delivered=DELIVERED)
    with capsys.disabled():
        print(f"\n{tested.summary()}")  # noqa: T201 - the figures of the proof
    check(tested, at_least=DELIVERED)


def check(tested: Storm, *, at_least: int) -> None:
    faults = tested.judged()
    assert not faults, "\n".join((tested.summary(), f"{len(faults)} faults, such as", *faults[:SHOWN]))
    assert tested.delivered >= at_least
    # What happened left its traces.
    assert tested.ends["distrusted"] > 0
    assert tested.ends["cut"] + tested.ends["closed"] > 0
    assert tested.resets["epoch"] > 0
    assert tested.resets["behind"] > 0
    if tested.engine == "redis":
        assert any(each.notes.items["stale"] for each in tested.followers)
