"""A bridge with sessions, on each database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from tests.gate.house import GateHouse, gate_house


@pytest.fixture
async def house(tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[GateHouse]:
    async with gate_house(tmp_path, database_config, trusted_proxies=("127.0.0.1/32",)) as found:
        yield found
