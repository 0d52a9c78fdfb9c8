"""A dump by the role for backups has the rows of every tenant, and becomes a whole database again."""

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest

from backend.db.config import DatabaseConfig
from bridge.tables import metadata
from tests.integration.db.fill import counts, fill
from tests.servers.databases import PostgresDatabases, in_thread, owner_of
from tests.servers.postgres import wheel

BACKUP = "tbx_backup"
LIMIT_SECONDS = 60


@pytest.fixture
def filled(postgres_databases: PostgresDatabases, postgres_database: DatabaseConfig) -> DatabaseConfig:
    """A database with rows of many tenants, as its owner."""
    owned = owner_of(postgres_databases.owned(postgres_database.url.reveal()))
    asyncio.run(fill(owned))
    return owned


@pytest.fixture
def backup_url(postgres_databases: PostgresDatabases, filled: DatabaseConfig) -> str:
    """The same database for the role that docs/tenancy.md has for backups."""

    async def make() -> None:
        connection = await asyncpg.connect(postgres_databases.url)
        try:
            if await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", BACKUP) is None:
                await connection.execute(f"CREATE ROLE {BACKUP} LOGIN BYPASSRLS")
            await connection.execute(f"GRANT pg_read_all_data TO {BACKUP}")
        finally:
            await connection.close()

    in_thread(make())
    return as_user(filled.url.reveal(), BACKUP)


@pytest.fixture
def empty_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    url = postgres_databases.empty()
    yield url
    postgres_databases.drop(url)


def as_user(url: str, user: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{user}@{rest.rpartition('@')[2]}"


def run(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(wheel() / "bin" / program), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_SECONDS,
    )


def test_what_was_dumped_is_restored_whole(
    filled: DatabaseConfig, backup_url: str, empty_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "dump"

    dumped = run("pg_dump", "--format=custom", f"--file={file}", backup_url)
    restored = run("pg_restore", "--exit-on-error", f"--dbname={empty_url}", str(file))

    assert (0, 0) == (dumped.returncode, restored.returncode), dumped.stderr + restored.stderr
    before = asyncio.run(counts(filled, metadata()))
    assert before == asyncio.run(counts(owner_of(empty_url), metadata()))
    assert before["grants"] > 1


@pytest.mark.usefixtures("filled")
def test_the_application_dumps_nothing(postgres_database: DatabaseConfig, tmp_path: Path) -> None:
    dumped = run("pg_dump", f"--file={tmp_path / 'dump'}", postgres_database.url.reveal())

    assert 0 != dumped.returncode
    assert "row-level security" in dumped.stderr


def test_the_role_for_backups_changes_nothing(backup_url: str) -> None:
    async def change() -> None:
        connection = await asyncpg.connect(backup_url)
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("DELETE FROM grants")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("UPDATE people SET state = 'suspended'")
        finally:
            await connection.close()

    in_thread(change())
