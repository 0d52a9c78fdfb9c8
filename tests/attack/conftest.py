"""Each attack meets a bridge that logs all it ever would; in the end the log is searched for what it must not tell."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from tests.attack.house import AttackedHouse, attacked
from tests.integration.web.logged import Log, logged_to


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with logged_to(tmp_path / "log", level="debug") as found:
        yield found


@pytest.fixture
async def house(log: Log, tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[AttackedHouse]:
    async with attacked(tmp_path, sqlite_database, log) as found:
        yield found
