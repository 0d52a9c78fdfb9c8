"""An erasure counts once the log of SQLite is empty."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import insert

from backend.compliance.erasure import Erasure
from backend.compliance.ledger import Ledger
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.leases import LeaseRow
from backend.db.unit import Transaction
from backend.errors import DatabaseUnavailable

KEY = bytes(32)


async def write(tx: Transaction, name: str = "zzyzx") -> None:
    await tx.execute(insert(LeaseRow).values(name=name, holder="somebody", until=0))


@contextmanager
def reading(config: DatabaseConfig) -> Iterator[None]:
    """Another program reads the database and does not let go, as a backup does."""
    with closing(sqlite3.connect(config.sqlite_path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM leases").fetchall()
        yield


def log_of(config: DatabaseConfig) -> bytes:
    return config.sqlite_path.with_name(f"{config.sqlite_path.name}-wal").read_bytes()


async def test_the_log_is_empty_afterwards(tmp_path: Path, sqlite_database: DatabaseConfig) -> None:
    erasure = Erasure((), Ledger(tmp_path / "erasures.jsonl", KEY))
    async with open_database(sqlite_database) as database:
        await database.write(write)
        assert b"zzyzx" in log_of(sqlite_database)

        await erasure.erase(database, None, "somebody", "request")

        assert b"" == log_of(sqlite_database)


async def test_one_that_a_reader_holds_up_is_not_finished_until_it_lets_go(
    tmp_path: Path, sqlite_database: DatabaseConfig
) -> None:
    ledger = Ledger(tmp_path / "erasures.jsonl", KEY)
    erasure = Erasure((), ledger)
    async with open_database(sqlite_database) as database:
        await database.write(write)
        with reading(sqlite_database):
            async with asyncio.timeout(30):
                with pytest.raises(DatabaseUnavailable, match="could not be emptied"):
                    await erasure.erase(database, None, "somebody", "request")
        assert ["begun"] == [entry.happened for entry in ledger.entries()]

        await erasure.unfinished(database)

        assert ["begun", "finished"] == [entry.happened for entry in ledger.entries()]
        assert b"" == log_of(sqlite_database)


async def test_others_write_while_a_reader_holds_it_up(tmp_path: Path, sqlite_database: DatabaseConfig) -> None:
    erasure = Erasure((), Ledger(tmp_path / "erasures.jsonl", KEY))
    async with open_database(sqlite_database) as database:
        await database.write(write)
        with reading(sqlite_database):
            held_up = asyncio.create_task(erasure.erase(database, None, "somebody", "request"))
            for number in range(5):
                await database.write(partial(write, name=f"n{number}"))
            assert not held_up.done()
            with pytest.raises(DatabaseUnavailable):
                await held_up
