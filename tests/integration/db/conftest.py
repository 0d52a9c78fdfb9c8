"""An open database with the ledger in it, once on each kind."""

from collections.abc import AsyncIterator

import pytest_asyncio

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.unit import Database
from tests.integration.db import ledger


@pytest_asyncio.fixture
async def database(database_config: DatabaseConfig) -> AsyncIterator[Database]:
    await ledger.create_in(database_config)
    async with open_database(database_config) as opened:
        yield opened
