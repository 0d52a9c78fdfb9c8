"""The shim that makes a disk fail, and databases with the ledger in them."""

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from tests.integration.db import ledger


@pytest.fixture(scope="session")
def fault_shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("shim") / "faults.so"
    source = Path(__file__).with_name("faults.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl"], check=True)
    return library


@pytest.fixture
def sqlite_database(sqlite_database: DatabaseConfig) -> DatabaseConfig:
    """The tests here send SQL as text."""
    return replace(sqlite_database, guarded=False)


@pytest.fixture
def postgres_database(postgres_database: DatabaseConfig) -> DatabaseConfig:
    return replace(postgres_database, guarded=False)


@pytest_asyncio.fixture
async def sqlite_ledger(sqlite_database: DatabaseConfig) -> DatabaseConfig:
    async with open_database(sqlite_database) as database:
        await ledger.create(database)
    return sqlite_database


@pytest_asyncio.fixture
async def ledger_config(database_config: DatabaseConfig) -> DatabaseConfig:
    async with open_database(database_config) as database:
        await ledger.create(database)
    return database_config
