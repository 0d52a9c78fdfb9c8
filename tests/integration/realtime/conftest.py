"""A whole bridge whose channels are followed, by devices, game servers, people and API keys."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from tests.integration.gate.house import House, open_house
from tests.ledger.people import Directory, everybody


@pytest.fixture
def directory() -> Directory:
    return Directory(everybody().values())


@pytest.fixture
async def house(tmp_path: Path, sqlite_database: DatabaseConfig, directory: Directory) -> AsyncIterator[House]:
    async with open_house(tmp_path, sqlite_database, parts={"directory": directory}) as opened:
        yield opened
