"""The whole application with sessions of devices in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from tests.integration.gate.house import House, open_house
from tests.integration.web.wire import Wire, connected


@pytest.fixture
async def house(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    """A bridge on SQLite, for what has nothing to do with the database."""
    async with open_house(tmp_path, sqlite_database) as opened:
        yield opened


@pytest.fixture
async def each_house(tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[House]:
    """A bridge on each database in turn."""
    async with open_house(tmp_path, database_config) as opened:
        yield opened


@pytest.fixture
async def wire(house: House) -> AsyncIterator[Wire]:
    async with connected(house.bridge.port) as opened:
        yield opened
