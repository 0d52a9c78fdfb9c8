"""Leases by name, on both databases."""

import time

import sqlalchemy

from backend.db import leases
from backend.db.leases import LeaseRow
from backend.db.now import DatabaseNow
from backend.db.unit import Database, Transaction


async def hold(database: Database, holder: str, *, seconds: float = 60) -> bool:
    async def unit(transaction: Transaction) -> bool:
        return await leases.hold(transaction, "lead", holder, seconds=seconds)

    return await database.write(unit)


async def run_out(database: Database) -> None:
    async def unit(transaction: Transaction) -> None:
        await transaction.execute(sqlalchemy.update(LeaseRow).values(until=DatabaseNow()))

    await database.write(unit)


async def test_one_at_a_time_holds_a_lease_and_can_renew_it(database: Database) -> None:
    assert [await hold(database, holder) for holder in ("a", "b", "a", "b")] == [True, False, True, False]


async def test_a_lease_that_ran_out_is_anyones(database: Database) -> None:
    await hold(database, "a")
    await run_out(database)

    assert [await hold(database, holder) for holder in ("b", "a")] == [True, False]


async def test_a_lease_given_back_is_anyones_at_once(database: Database) -> None:
    await hold(database, "a")
    await database.write(lambda transaction: leases.let_go(transaction, "lead", "a"))

    assert await hold(database, "b")


async def test_nobody_gives_back_the_lease_of_another(database: Database) -> None:
    await hold(database, "a")
    await database.write(lambda transaction: leases.let_go(transaction, "lead", "b"))

    assert not await hold(database, "b")


async def test_the_time_of_the_database_is_the_time_now(database: Database) -> None:
    async def unit(transaction: Transaction) -> int:
        return int((await transaction.execute(sqlalchemy.select(DatabaseNow()))).scalar_one())

    before = time.time() * 1000 - 1
    now = await database.read(unit)

    assert before <= now <= time.time() * 1000 + 1
