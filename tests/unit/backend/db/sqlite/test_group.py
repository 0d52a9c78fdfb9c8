"""Units that share a commit, and what becomes of all of them when something breaks it."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backend.db.config import DatabaseConfig
from backend.db.file_lock import FileLock
from backend.db.sqlite.database import SQLiteDatabase, open_sqlite
from backend.db.sqlite.transaction import SQLiteTransaction
from backend.db.unit import Transaction, Unit
from backend.errors import DatabaseUnavailable
from tests.integration.db import ledger

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
ENDLESS_WRITE = (
    "INSERT INTO entries (account, amount) "
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT 'endless', x FROM c"
)


class Gate:
    """Holds the writer inside a unit, so that the units sent meanwhile wait and become one group with it."""

    def __init__(self, database: SQLiteDatabase) -> None:
        self._database = database
        self._open = threading.Event()
        self._reached = threading.Event()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        holding = asyncio.create_task(self._database.write(self._unit))
        await asyncio.to_thread(self._reached.wait, 10)
        try:
            yield
        finally:
            self._open.set()
            await asyncio.wait({holding})

    async def _unit(self, _transaction: Transaction) -> None:
        self._reached.set()
        self._open.wait(10)


async def one_group(database: SQLiteDatabase, *units: Unit[object]) -> list[object]:
    """Run the units in one group, in this order; return the result or the error of each."""
    async with Gate(database).held():
        tasks = [asyncio.create_task(database.write(unit)) for unit in units]
        await asyncio.sleep(0)  # each task runs up to where it waits for the writer
    return await asyncio.gather(*tasks, return_exceptions=True)


def writes(amount: int) -> Unit[int]:
    async def unit(transaction: Transaction) -> int:
        await ledger.write(transaction, "a", amount)
        return amount

    return unit


@pytest.fixture
def sqlite_database(sqlite_database: DatabaseConfig) -> DatabaseConfig:
    """Groups as long as it takes: what is in one is decided by the test, not by its speed."""
    return replace(sqlite_database, group_seconds=10.0)


async def commits(database: SQLiteDatabase, count: int) -> tuple[int, int]:
    """Write so many units at once; return how many transactions that took, and how many rows there are."""
    sent: list[str] = []

    async def listen(transaction: Transaction) -> None:
        assert isinstance(transaction, SQLiteTransaction)
        transaction._raw.set_trace_callback(sent.append)

    await database.write(listen)
    sent.clear()
    await asyncio.gather(*(database.write(writes(amount)) for amount in range(count)))
    return sent.count("COMMIT"), await ledger.count(database)


async def test_units_that_wait_share_a_commit(database: SQLiteDatabase) -> None:
    begun, rows = await commits(database, 50)

    assert rows == 50
    assert begun <= 3


async def test_a_group_ends_when_its_time_is_over(sqlite_database: DatabaseConfig) -> None:
    async with open_sqlite(replace(sqlite_database, group_seconds=0)) as database:
        await ledger.create(database)

        assert await commits(database, 20) == (20, 20)


async def test_units_of_a_group_see_each_other_in_order(database: SQLiteDatabase) -> None:
    async def look(transaction: Transaction) -> int:
        found = await transaction.execute(text("SELECT count(*) FROM entries"))
        return int(found.scalar_one())

    assert await one_group(database, writes(1), look, writes(2), look) == [1, 1, 2, 2]


async def test_a_conflict_that_ends_the_transaction_fails_the_whole_group(database: SQLiteDatabase) -> None:
    async def conflict(transaction: Transaction) -> None:
        await transaction.execute(text("INSERT OR ROLLBACK INTO entries (account, amount) VALUES ('a', 1)"))

    results = await one_group(database, writes(1), writes(2), conflict)

    assert [type(result) for result in results] == [DatabaseUnavailable] * 3
    assert all("SQLite ended the transaction" in str(result) for result in results)
    assert await ledger.amounts(database, "a") == []
    assert await database.write(writes(3)) == 3


async def test_so_it_does_when_the_unit_hides_the_error_and_goes_on(database: SQLiteDatabase) -> None:
    refused: list[Exception] = []

    async def conflict(transaction: Transaction) -> None:
        for _ in range(2):
            try:
                await transaction.execute(text("INSERT OR ROLLBACK INTO entries (account, amount) VALUES ('a', 1)"))
            except DatabaseUnavailable as error:
                refused.append(error)

    results = await one_group(database, writes(1), conflict)

    assert [type(result) for result in results] == [DatabaseUnavailable] * 2
    assert len(refused) == 2
    # The second one would have been kept at once, outside of any transaction.
    assert await ledger.amounts(database, "a") == []


async def test_so_it_does_inside_a_savepoint(database: SQLiteDatabase) -> None:
    async def conflict(transaction: Transaction) -> None:
        with pytest.raises(DatabaseUnavailable):
            await part(transaction)

    async def part(transaction: Transaction) -> None:
        async with transaction.savepoint():
            await transaction.execute(text("INSERT OR ROLLBACK INTO entries (account, amount) VALUES ('a', 1)"))

    results = await one_group(database, writes(1), conflict)

    assert [type(result) for result in results] == [DatabaseUnavailable] * 2
    assert await ledger.amounts(database, "a") == []


async def test_a_full_database_fails_the_whole_group_and_the_writer_goes_on(database: SQLiteDatabase) -> None:
    async def fill(transaction: Transaction) -> None:
        await transaction.execute(text("PRAGMA max_page_count = 1"))
        await transaction.execute(text("INSERT INTO entries (account, amount) VALUES (zeroblob(1000000), 1)"))

    results = await one_group(database, writes(1), fill)

    assert [type(result) for result in results] == [DatabaseUnavailable] * 2
    assert await ledger.count(database) == 0
    assert await database.write(writes(2)) == 2


async def test_a_commit_that_fails_fails_the_whole_group(database: SQLiteDatabase) -> None:
    async def orphan(transaction: Transaction) -> str:
        # A foreign key that is checked at COMMIT only: SQLite's way to refuse one without a broken disk.
        for words in (
            "CREATE TABLE parents (id INTEGER PRIMARY KEY)",
            "CREATE TABLE children (parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)",
            "INSERT INTO children VALUES (7)",
        ):
            await transaction.execute(text(words))
        return "not kept"

    async def failing(transaction: Transaction) -> None:
        await ledger.write(transaction, "a", 5)
        raise LookupError

    results = await one_group(database, writes(1), orphan, failing, writes(2))

    assert [type(result) for result in results] == [DatabaseUnavailable] * 4
    assert all("whether it was kept is not known" in str(result) for result in results)
    assert await ledger.count(database) == 0
    assert await database.write(writes(3)) == 3


async def test_a_unit_that_reads_for_too_long_is_rolled_back_alone(sqlite_database: DatabaseConfig) -> None:
    async def endless(transaction: Transaction) -> None:
        await ledger.write(transaction, "a", 9)
        await transaction.execute(text(ENDLESS))

    async with open_sqlite(replace(sqlite_database, unit_seconds=0.1)) as database:
        await ledger.create(database)
        # The gate would itself take too long here: two units that are sent at once do as well.
        results = await asyncio.gather(
            *(database.write(unit) for unit in (writes(1), endless, writes(2))),
            return_exceptions=True,
        )

        assert [type(result) for result in results] == [int, DatabaseUnavailable, int]
        assert "longer than 0.1 s" in str(results[1])
        assert await ledger.amounts(database, "a") == [1, 2]


async def test_a_unit_that_writes_for_too_long_ends_its_group(sqlite_database: DatabaseConfig) -> None:
    async def endless(transaction: Transaction) -> None:
        await transaction.execute(text(ENDLESS_WRITE))

    async with open_sqlite(replace(sqlite_database, unit_seconds=0.1)) as database:
        await ledger.create(database)
        with pytest.raises(DatabaseUnavailable):
            await database.write(endless)

        assert await ledger.count(database) == 0
        assert await database.write(writes(2)) == 2


async def test_a_unit_that_thinks_for_too_long_is_rolled_back(sqlite_database: DatabaseConfig) -> None:
    async def slow(transaction: Transaction) -> None:
        await ledger.write(transaction, "a", 9)
        time.sleep(0.06)  # noqa: ASYNC251 -- it is what the test is about

    async with open_sqlite(replace(sqlite_database, unit_seconds=0.05)) as database:
        await ledger.create(database)
        with pytest.raises(DatabaseUnavailable, match=r"longer than 0\.05 s"):
            await database.write(slow)

        assert await ledger.count(database) == 0


async def test_a_caller_who_left_before_its_turn_changes_nothing(database: SQLiteDatabase) -> None:
    async with Gate(database).held():
        tasks = [asyncio.create_task(database.write(writes(amount))) for amount in (1, 2, 3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.wait({tasks[1]})
    results = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(result) for result in results] == [int, asyncio.CancelledError, int]
    assert await ledger.amounts(database, "a") == [1, 3]


async def test_a_caller_who_leaves_while_its_unit_runs_is_not_told_and_the_others_are(
    database: SQLiteDatabase,
) -> None:
    running, may_end = threading.Event(), threading.Event()
    followed_up: list[str] = []

    async def unit(transaction: Transaction) -> None:
        await ledger.write(transaction, "a", 1)
        transaction.after_commit(lambda: followed_up.append("committed"))
        running.set()
        may_end.wait(10)

    leaving = asyncio.create_task(database.write(unit))
    await asyncio.to_thread(running.wait, 10)
    staying = asyncio.create_task(database.write(writes(2)))
    leaving.cancel()
    await asyncio.wait({leaving})
    may_end.set()

    assert await staying == 2
    assert leaving.cancelled()
    assert await ledger.amounts(database, "a") == [1, 2]
    assert followed_up == ["committed"]


async def test_an_error_that_is_no_exception_does_not_end_the_writer(database: SQLiteDatabase) -> None:
    async def unit(_transaction: Transaction) -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        await database.write(unit)

    assert await database.write(writes(1)) == 1


async def test_an_integrity_error_is_the_units_own(database: SQLiteDatabase) -> None:
    results = await one_group(database, writes(1), writes(1), writes(2))

    assert [type(result) for result in results] == [int, IntegrityError, int]


async def test_all_who_wait_are_told_when_another_program_keeps_the_lock(sqlite_database: DatabaseConfig) -> None:
    config = replace(sqlite_database, busy_milliseconds=100)
    async with open_sqlite(config) as database:
        await ledger.create(database)
        holder = sqlite3.connect(config.sqlite_path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        results = await asyncio.gather(
            *(database.write(writes(amount)) for amount in range(20)),
            return_exceptions=True,
        )
        took = time.monotonic() - started
        holder.execute("ROLLBACK")
        holder.close()

        assert [type(result) for result in results] == [DatabaseUnavailable] * 20
        assert took < 20 * 0.1 / 2, "they waited one after another"
        assert await ledger.count(database) == 0
        assert await database.write(writes(1)) == 1


async def test_all_who_wait_are_told_when_another_process_keeps_its_turn(sqlite_database: DatabaseConfig) -> None:
    async with open_sqlite(replace(sqlite_database, turn_seconds=0.05)) as database:
        await ledger.create(database)
        turn = FileLock(sqlite_database.sqlite_path.with_name("toolboxai.db-turn"))
        assert turn.try_acquire()
        with pytest.raises(DatabaseUnavailable, match="does not end its write"):
            await database.write(writes(1))
        turn.release()

        assert await database.write(writes(1)) == 1
