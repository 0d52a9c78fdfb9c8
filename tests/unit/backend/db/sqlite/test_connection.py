"""The settings of every connection, and which files are opened."""

import asyncio
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.db.config import DatabaseConfig, sqlite_config
from backend.db.sqlite.connection import prepared
from backend.db.sqlite.database import SQLiteDatabase, open_sqlite
from backend.db.sqlite.file import connect, set_and_read_back
from backend.db.unit import Transaction
from backend.errors import DatabaseError, DatabaseUnavailable

EXPECTED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "fullfsync": 1,
    "checkpoint_fullfsync": 1,
    "busy_timeout": 5000,
    "foreign_keys": 1,
    "secure_delete": 1,
    "trusted_schema": 0,
}


async def settings(transaction: Transaction) -> dict[str, object]:
    names = (*EXPECTED, "query_only")
    return {name: (await transaction.execute(text(f"PRAGMA {name}"))).scalar_one() for name in names}


async def test_the_writer_has_every_setting(database: SQLiteDatabase) -> None:
    assert await database.write(settings) == {**EXPECTED, "query_only": 0}


async def test_every_reader_has_every_setting(sqlite_database: DatabaseConfig) -> None:
    meeting = threading.Barrier(3, timeout=10)

    async def unit(transaction: Transaction) -> dict[str, object]:
        meeting.wait()  # each unit holds a reader of its own
        return await settings(transaction)

    async with open_sqlite(replace(sqlite_database, readers=3)) as database:
        found = await asyncio.gather(*(database.read(unit) for _ in range(3)))

    assert found == [{**EXPECTED, "query_only": 1}] * 3


async def test_the_writer_has_every_setting_again_after_its_connection_broke(database: SQLiteDatabase) -> None:
    async def breaking(transaction: Transaction) -> None:
        await transaction.execute(text("PRAGMA foreign_keys = OFF"))
        for _ in range(2):
            await transaction.execute(text("INSERT OR ROLLBACK INTO leases VALUES ('a', 'b', 1)"))

    with pytest.raises(DatabaseUnavailable):
        await database.write(breaking)

    assert await database.write(settings) == {**EXPECTED, "query_only": 0}


def test_a_setting_that_does_not_hold_is_refused() -> None:
    with closing(sqlite3.connect(":memory:")) as raw, pytest.raises(DatabaseError, match="journal_mode at WAL"):
        set_and_read_back(raw, "journal_mode", "WAL", "wal")


def test_nothing_begins_behind_our_back(sqlite_database: DatabaseConfig) -> None:
    with closing(prepared(sqlite_database)) as raw:
        raw.execute("INSERT INTO leases VALUES ('a', 'b', 1)")

        assert not raw.in_transaction


def test_rows_are_fetched_with_the_statement(sqlite_database: DatabaseConfig) -> None:
    with closing(connect(sqlite_database.sqlite_path, busy_milliseconds=0)) as raw:
        cursor = raw.execute("SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5")
        raw.execute("PRAGMA user_version = 1")  # an unfinished statement would refuse it

        assert cursor.fetchone() == (1,)
        assert cursor.fetchmany(2) == [(2,), (3,)]
        assert next(cursor) == (4,)
        assert cursor.fetchall() == [(5,)]
        assert cursor.fetchone() is None
        assert list(cursor) == []


async def open_and_close(config: DatabaseConfig) -> None:
    async with open_sqlite(config):
        pass


async def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"There is no database at .*x\.db; run `toolboxai migrate`"):
        await open_and_close(sqlite_config(tmp_path / "x.db"))

    assert list(tmp_path.glob("x.db*")) == []  # noqa: ASYNC240 -- a test may look at a folder


async def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()

    with pytest.raises(DatabaseError, match=r"x\.db is not a database of this program"):
        await open_and_close(sqlite_config(path))

    assert path.read_bytes() == before


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"a letter " * 500)

    with pytest.raises(DatabaseError, match=r"x\.db is not a SQLite database"):
        await open_and_close(sqlite_config(path))


async def test_a_database_that_cannot_be_opened_leaves_no_thread(tmp_path: Path) -> None:
    before = threading.active_count()

    with pytest.raises(DatabaseError):
        await open_and_close(sqlite_config(tmp_path / "x.db"))

    assert threading.active_count() == before
