"""Channels under every fault that there is: whoever follows misses nothing, and gets nothing twice, without being told.

Whole bridges, a real database, and Valkey with a replica; connections that are cut, slowed, cut to pieces, held and
deserted, between clients and the bridge and between the bridge and Valkey; workers and servers that are killed and
held. What each follower believed is judged afterwards (tests/chaos/channels/judge.py).
"""

import secrets
from pathlib import Path
from typing import Final

import pytest

from backend.db.config import DatabaseConfig
from tests.chaos.channels.storm import Act, Engine, Storm, storm

SEED: Final = 20_261_128
# So many are delivered of each engine in the full form, and by how many followers.
DELIVERED: Final = 120_000
MANY: Final = {"web_sockets": 150, "events": 60, "polls": 15}
SHOWN: Final = 20
FEW: Final = {"web_sockets": 6, "events": 4, "polls": 3}


@pytest.fixture
def config(request: pytest.FixtureRequest, engine: Engine) -> DatabaseConfig:
    """As it is used: one worker with a file, two with a server."""
    name = "sqlite_database" if engine == "memory" else "postgres_database"
    found: DatabaseConfig = request.getfixturevalue(name)
    return found


def acts_on(tested: Storm) -> tuple[Act, ...]:
    """Return what happens to what is followed, in an order in which each disturbs something."""
    clients: tuple[Act, ...] = (tested.forge, tested.cut_clients, tested.desert_clients, tested.stall_clients)
    if tested.engine == "memory":
        return (*clients, tested.kill_a_worker, tested.restart_the_bridge)
    store = (tested.cut_the_store, tested.stall_the_store, tested.hold_the_store, tested.restart_the_store)
    return (*clients, tested.fail_over, *store, tested.kill_a_worker)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("engine", ["memory", "redis"])
async def test_nobody_misses_a_message_or_gets_one_twice_without_being_told(
    engine: Engine, tmp_path: Path, config: DatabaseConfig
) -> None:
    async with storm(engine, tmp_path / "data", config, seed=SEED) as tested, tested.followed(**FEW):
        await tested.publisher.commit(10)
        for act in acts_on(tested):
            await tested.do(act)
            await tested.publisher.commit(15)
    check(tested, at_least=1_000)


@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("engine", ["memory", "redis"])
async def test_nobody_misses_one_of_half_a_million_messages_of_each_engine(
    engine: Engine, tmp_path: Path, config: DatabaseConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = secrets.randbits(32)
    with capsys.disabled():
        print(f"\n{engine}: seed {seed}")  # noqa: T201 - to have it whatever happens
    async with storm(engine, tmp_path / "data", config, seed=seed) as tested, tested.followed(**MANY):
        acts = acts_on(tested)
        # Once all of them, and then whatever is drawn; what costs little comes more often.
        for act in acts:
            await tested.publisher.commit(15)
            await tested.do(act)
        await tested.rage((*acts, *3 * acts[:4]), until_delivered=DELIVERED)
    with capsys.disabled():
        print(f"\n{tested.summary()}")  # noqa: T201 - the figures of the proof
    check(tested, at_least=DELIVERED)


def check(tested: Storm, *, at_least: int) -> None:
    faults = tested.judged()
    assert not faults, "\n".join((tested.summary(), f"{len(faults)} faults, such as", *faults[:SHOWN]))
    assert tested.delivered >= at_least
    # Each kind of fault left its trace.
    assert tested.ends["distrusted"] > 0
    assert tested.ends["cut"] > 0
    assert tested.resets["epoch"] > 0
    if tested.engine == "redis":
        assert any(each.notes.items["stale"] for each in tested.followers)
