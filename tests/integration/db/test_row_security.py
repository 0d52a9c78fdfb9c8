"""PostgreSQL keeps tenants apart by itself, for what no guard of statements sees."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import text

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.migrations import alembic_run
from backend.db.migrations.revisions import VERSIONS, head
from backend.db.migrations.run import migrate
from backend.db.tenancy.tables import faults, tenant_tables
from backend.db.unit import Database, Transaction
from backend.errors import DatabaseError
from backend.secret import Secret
from bridge.tables import metadata
from tests.servers.databases import PostgresDatabases, as_application, owner_of

OURS = "a" * 26
THEIRS = "b" * 26
A_TABLE_OF_TENANTS = """
import sqlalchemy as sa
from alembic import op

from backend.db.migrations.row_security import enable_row_security

revision = "90001"
down_revision = "{down}"


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    )
    enable_row_security("notes")
    op.execute("INSERT INTO notes VALUES ('{ours}', '1'), ('{theirs}', '1')")


def downgrade() -> None:
    op.drop_table("notes")
"""
BACKFILL = """
from alembic import op

revision = "90002"
down_revision = "90001"


def upgrade() -> None:
    op.execute("UPDATE notes SET id = id || '2'")


def downgrade() -> None:
    pass
"""


@pytest.fixture
def owned(postgres_databases: PostgresDatabases, postgres_database: DatabaseConfig) -> DatabaseConfig:
    return owner_of(postgres_databases.owned(postgres_database.url.reveal()))


@pytest.fixture
async def database(owned: DatabaseConfig, tmp_path: Path) -> AsyncIterator[Database]:
    """A database of one connection, without a guard, as the application has it; with a note of each of two tenants."""
    for name, body in (("90001", A_TABLE_OF_TENANTS), ("90002", BACKFILL)):
        written = body.replace("{down}", head()).replace("{ours}", OURS).replace("{theirs}", THEIRS)
        (tmp_path / f"{name}_planted.py").write_text(written)
    for path in VERSIONS.glob("0*.py"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    await asyncio.to_thread(alembic_run.upgrade, owned, "90002", versions=tmp_path)
    plain = DatabaseConfig(Secret(as_application(owned.url.reveal())), guarded=False, pool_connections=1)
    async with open_database(plain) as opened:
        yield opened


async def run(database: Database, words: str, tenant: str | None) -> list[Any]:
    async def unit(tx: Transaction) -> list[Any]:
        result = await tx.execute(text(words))
        return [tuple(row) for row in result.all()] if result.returns_rows else []

    return await database.write(unit, tenant=tenant)


async def test_a_unit_sees_and_changes_the_rows_of_its_tenant_alone(database: Database) -> None:
    assert [(OURS, "12")] == await run(database, "SELECT * FROM notes", OURS)
    await run(database, "UPDATE notes SET id = 'x'", OURS)
    await run(database, "DELETE FROM notes WHERE id = '12'", OURS)

    assert [(THEIRS, "12")] == await run(database, "SELECT * FROM notes", THEIRS)
    assert [(OURS, "x")] == await run(database, "SELECT * FROM notes", OURS)


async def test_a_unit_writes_no_row_of_another(database: Database) -> None:
    theirs = "repeat('b', 26)"
    for words in (f"INSERT INTO notes SELECT {theirs}, '9'", f"UPDATE notes SET tenant_id = {theirs}, id = '9'"):  # noqa: S608 - no stranger's words
        with pytest.raises(sqlalchemy.exc.DBAPIError, match="row-level security"):
            await run(database, words, OURS)


async def test_the_next_unit_of_a_pooled_connection_is_nobodys_until_it_says_whose(database: Database) -> None:
    for _ in range(3):
        assert 1 == len(await run(database, "SELECT * FROM notes", OURS))
        assert [] == await run(database, "SELECT * FROM notes", None)
        assert [(THEIRS,)] == await run(database, "SELECT tenant_id FROM notes", THEIRS)


@pytest.mark.usefixtures("database")
async def test_two_tenants_at_once_on_few_connections_each_see_their_own(postgres_database: DatabaseConfig) -> None:
    async with open_database(replace(postgres_database, guarded=False, pool_connections=2)) as shared:

        async def ask(tenant: str) -> bool:
            return [(tenant,)] == await run(shared, "SELECT DISTINCT tenant_id FROM notes", tenant)

        assert all(await asyncio.gather(*(ask(tenant) for tenant in (OURS, THEIRS) * 50)))


async def test_a_unit_that_failed_leaves_nothing_of_its_tenant_behind(database: Database) -> None:
    with pytest.raises(sqlalchemy.exc.DBAPIError):
        await run(database, "SELECT nonsense FROM notes", OURS)

    assert [] == await run(database, "SELECT * FROM notes", None)


async def test_the_application_changes_no_table(database: Database) -> None:
    for words in (
        "DROP TABLE notes",
        "ALTER TABLE notes DISABLE ROW LEVEL SECURITY",
        "DROP POLICY of_the_tenant ON notes",
        "TRUNCATE notes",
        "UPDATE alembic_version SET version_num = 'x'",
        "SET ROLE toolboxai",
    ):
        with pytest.raises(sqlalchemy.exc.DBAPIError, match=r"permission denied|must be owner"):
            await run(database, words, OURS)


async def test_a_role_that_sees_everything_does_not_serve(owned: DatabaseConfig) -> None:
    with pytest.raises(DatabaseError, match=r"sees the rows of every tenant.*serve as another one"):
        async with open_database(replace(owned, guarded=True)):
            pytest.fail("it was opened")


def test_a_role_that_does_not_see_everything_does_not_migrate(
    postgres_databases: PostgresDatabases,
) -> None:
    url = postgres_databases.empty()
    try:
        with pytest.raises(DatabaseError, match="TOOLBOXAI_MIGRATION_DATABASE_URL"):
            migrate(DatabaseConfig(Secret(as_application(url))))
    finally:
        postgres_databases.drop(url)


async def test_each_table_of_tenants_is_held_and_its_owner_too(owned: DatabaseConfig) -> None:
    words = """
        SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, p.polname, pg_get_expr(p.polqual, p.polrelid),
               pg_get_expr(p.polwithcheck, p.polrelid), p.polcmd, p.polpermissive, p.polroles = '{0}'
        FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    """
    condition = "(tenant_id = NULLIF(current_setting('app.tenant'::text, true), ''::text))"
    held = (True, "of_the_tenant", condition, condition, b"*", True, True)
    async with open_database(owned) as database:
        found = {row[0]: row[1:] for row in await run(database, words, None)}
    belonging = {table.name for table in tenant_tables(metadata())}

    assert dict.fromkeys(belonging, held) == {name: found[name] for name in belonging}
    assert {name for name, each in found.items() if each[0] or each[1] is not None} == belonging


def test_no_table_of_tenants_breaks_their_rules() -> None:
    assert [] == list(faults(metadata()))
