"""An open SQLite database with a table to write to."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from backend.db.config import DatabaseConfig
from backend.db.sqlite.database import SQLiteDatabase, open_sqlite
from tests.integration.db import ledger


@pytest.fixture
def sqlite_database(sqlite_database: DatabaseConfig) -> DatabaseConfig:
    """The tests here send SQL as text."""
    return replace(sqlite_database, guarded=False)


@pytest_asyncio.fixture
async def database(sqlite_database: DatabaseConfig) -> AsyncIterator[SQLiteDatabase]:
    async with open_sqlite(sqlite_database) as opened:
        await ledger.create(opened)
        yield opened
