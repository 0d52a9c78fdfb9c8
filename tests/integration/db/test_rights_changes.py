"""When what was looked up about somebody counts for nothing, on both databases."""

import asyncio
from dataclasses import dataclass, field

import pytest

from backend.db.rights_changes import RightsChanges
from backend.db.unit import Database, Transaction
from backend.errors import DatabaseUnavailable
from core_rs import Table
from tests.integration.db.waiting import until


@dataclass
class Host:
    """The workers of one host: what they share in memory, and one that looks at the database by itself."""

    now: float = 1_000.0
    table: Table = field(default_factory=Table.in_process)

    def worker(self, *, poll_seconds: float = 0.01) -> RightsChanges:
        return RightsChanges(self.table, poll_seconds=poll_seconds, trust_seconds=2, clock=lambda: self.now)


NEVER = 3600.0


async def change(database: Database, rights: RightsChanges) -> None:
    await database.write(rights.changed)


async def test_nothing_is_trusted_before_the_database_was_asked(database: Database) -> None:
    worker = Host().worker(poll_seconds=NEVER)

    assert worker.generation is None
    async with worker.watched(database):
        assert worker.generation is not None


async def test_a_change_is_a_new_generation_for_every_worker_of_the_host_when_it_is_committed(
    database: Database,
) -> None:
    host = Host()
    one, other = (host.worker(poll_seconds=NEVER) for _ in range(2))
    async with one.watched(database), other.watched(database):
        before = (one.generation, other.generation)
        await change(database, one)

        assert before[0] != one.generation
        assert before[1] != other.generation


async def test_a_change_that_was_not_kept_is_none(database: Database) -> None:
    worker = Host().worker(poll_seconds=NEVER)

    async def unit(tx: Transaction) -> None:
        await worker.changed(tx)
        raise ZeroDivisionError

    async with worker.watched(database):
        before = worker.generation
        with pytest.raises(ZeroDivisionError):
            await database.write(unit)

        assert before == worker.generation


async def test_another_host_finds_it_in_the_database(database: Database) -> None:
    here, there = Host().worker(), Host().worker()
    async with here.watched(database), there.watched(database):
        before = there.generation
        await change(database, here)
        await until(lambda: there.generation != before)

        between = there.generation
        await change(database, here)
        await until(lambda: there.generation != between)
        assert before != there.generation


async def test_a_worker_that_died_before_it_told_the_others_is_made_up_for(database: Database) -> None:
    host = Host()
    dying, living = Host().worker(poll_seconds=NEVER), host.worker()
    async with living.watched(database):
        before = living.generation
        await change(database, dying)  # its shared memory is another's: the living is told nothing

        await until(lambda: living.generation != before)


async def test_while_the_database_is_away_nothing_kept_may_be_used_and_later_it_may(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def away(*_unit: object) -> None:
        asked.set()
        raise DatabaseUnavailable("The database does not answer.")

    host = Host()
    worker = host.worker()
    async with worker.watched(database):
        with monkeypatch.context() as patched:
            patched.setattr(database, "read", away)
            await asked.wait()
            host.now += 2
            known = worker.generation is not None
            host.now += 0.1
            assert (True, None) == (known, worker.generation)

        await until(lambda: worker.generation is not None)


async def test_many_changes_at_once_are_each_counted(database: Database) -> None:
    worker = Host().worker(poll_seconds=NEVER)
    async with worker.watched(database):
        await asyncio.gather(*(change(database, worker) for _ in range(20)))
    async with worker.watched(database):
        assert worker.generation is not None
        assert 20 == worker.generation[1]
