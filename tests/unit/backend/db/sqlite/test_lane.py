"""The queue before a thread: its bound, its end, and what happens to who comes too late."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from sqlalchemy import text

from backend.db.config import DatabaseConfig
from backend.db.sqlite import group
from backend.db.sqlite.database import SQLiteDatabase, open_sqlite
from backend.db.sqlite.job import Job
from backend.db.sqlite.lane import Lane
from backend.db.unit import Transaction
from backend.errors import DatabaseUnavailable, InternalError
from tests.integration.db import ledger


async def nothing(_transaction: Transaction) -> None:
    pass


async def test_one_more_than_the_queue_holds_is_refused_at_once(sqlite_database: DatabaseConfig) -> None:
    may_end = threading.Event()

    async def hold(_transaction: Transaction) -> None:
        may_end.wait(10)

    async with open_sqlite(replace(sqlite_database, queued_units=3)) as database:
        tasks = [asyncio.create_task(database.write(hold)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(DatabaseUnavailable, match="Too much work"):
            await database.write(nothing)
        may_end.set()
        await asyncio.gather(*tasks)

        await database.write(nothing)


async def test_those_who_left_make_room_again(sqlite_database: DatabaseConfig) -> None:
    async with open_sqlite(replace(sqlite_database, queued_units=3)) as database:
        for _ in range(5):
            leaving = [asyncio.create_task(database.write(nothing)) for _ in range(3)]
            await asyncio.sleep(0)
            for task in leaving:
                task.cancel()
            await asyncio.wait(leaving)
            # What was sent after them is answered after them.
            async with asyncio.timeout(10):
                while True:
                    try:
                        await database.write(nothing)
                        break
                    except DatabaseUnavailable:
                        await asyncio.sleep(0)


async def test_closing_works_off_what_waits_and_leaves_no_thread(sqlite_database: DatabaseConfig) -> None:
    before = set(threading.enumerate())
    async with open_sqlite(sqlite_database) as database:
        await ledger.create(database)
        writing = [
            asyncio.create_task(database.write(lambda transaction, n=n: ledger.write(transaction, "a", n)))  # type: ignore[misc]
            for n in range(50)
        ]
        reading = [asyncio.create_task(database.read(nothing)) for _ in range(50)]
        await asyncio.sleep(0)
    await asyncio.gather(*writing, *reading)

    assert set(threading.enumerate()) == before
    async with open_sqlite(sqlite_database) as database:
        assert await ledger.amounts(database, "a") == list(range(50))


async def test_what_comes_after_the_closing_is_refused(sqlite_database: DatabaseConfig) -> None:
    async with open_sqlite(sqlite_database) as database:
        pass

    for work in (database.write, database.read):
        with pytest.raises(DatabaseUnavailable, match="being closed"):
            await work(nothing)


async def test_a_defect_of_the_writer_fails_its_units_and_not_the_writer(
    database: SQLiteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise LookupError("a defect")

    with monkeypatch.context() as patched:
        patched.setattr(group.Group, "_run_unit", broken)
        with pytest.raises(InternalError):
            await database.write(lambda transaction: ledger.write(transaction, "a", 1))

    await database.write(lambda transaction: ledger.write(transaction, "a", 2))
    assert await ledger.amounts(database, "a") == [2]


async def test_a_reader_goes_on_after_its_connection_broke(sqlite_database: DatabaseConfig) -> None:
    async def breaking(transaction: Transaction) -> None:
        # A reader whose transaction is gone, as after a failing disk.
        transaction._raw.close()  # type: ignore[attr-defined]

    async with open_sqlite(replace(sqlite_database, readers=1)) as database:
        await ledger.create(database)
        with pytest.raises(InternalError):
            await database.read(breaking)

        assert await ledger.count(database) == 0


def test_an_answer_to_a_loop_that_is_gone_is_dropped() -> None:
    async def made() -> Lane:
        return Lane("x", unused, threads=1, longest_queue=1)

    def unused(_lane: Lane) -> AbstractContextManager[Callable[[Job], None]]:
        raise NotImplementedError

    loop = asyncio.new_event_loop()
    lane = loop.run_until_complete(made())
    loop.close()

    lane.answer([])


async def test_readers_work_beside_each_other_and_beside_the_writer(sqlite_database: DatabaseConfig) -> None:
    meeting = threading.Barrier(3, timeout=10)

    async def meet(transaction: Transaction) -> None:
        await transaction.execute(text("SELECT 1"))
        meeting.wait()

    async with open_sqlite(sqlite_database) as database:
        await asyncio.gather(database.read(meet), database.read(meet), database.write(meet))
