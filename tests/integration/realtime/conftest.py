"""A whole bridge whose channels are followed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from tests.integration.gate.house import House, open_house


@pytest.fixture
async def house(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    async with open_house(tmp_path, sqlite_database) as opened:
        yield opened
