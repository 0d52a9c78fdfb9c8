"""The commands that work on a database, on PostgreSQL. Those of SQLite stand with the commands."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.migrations.revisions import head
from backend.db.outbox import enqueue
from backend.db.unit import Transaction
from backend.secret import Secret
from tests.servers.databases import PostgresDatabases, as_application

from .conftest import run


@pytest.fixture
def empty(postgres_databases: PostgresDatabases, environ: dict[str, str]) -> Iterator[DatabaseConfig]:
    """An empty database that the environment names."""
    url = postgres_databases.empty()
    environ["TOOLBOXAI_MIGRATION_DATABASE_URL"] = url
    environ["TOOLBOXAI_DATABASE_URL"] = as_application(url)
    yield DatabaseConfig(Secret(as_application(url)))
    postgres_databases.drop(url)


def test_a_database_is_migrated_once_and_checked_without_a_folder(
    empty: DatabaseConfig, environ: dict[str, str], tmp_path: Path
) -> None:
    before = run(environ, "migrate", "--check")

    assert (12, "") == (before.returncode, before.stdout)
    assert f"the database {empty.shown} is empty, and this version needs {head()}" in before.stderr
    assert [] == list(tmp_path.iterdir())

    first, second = (json.loads(run(environ, "migrate", "--json").stdout) for _ in range(2))

    assert (None, head(), True) == (first["from"], first["to"], first["up_to_date"])
    assert (head(), []) == (second["from"], second["applied"])
    assert 0 == run(environ, "migrate", "--check").returncode


def test_doctor_finds_it(empty: DatabaseConfig, environ: dict[str, str]) -> None:
    environ |= {"TOOLBOXAI_PORT": "0", "TOOLBOXAI_OPS_PORT": "0"}
    seen = []
    for _ in range(2):
        checks = {check["name"]: check for check in json.loads(run(environ, "doctor", "--json").stdout)["checks"]}
        seen.append((checks["database"]["verdict"], checks["database"]["seen"]))
        run(environ, "migrate")

    assert [("ok", f"{empty.shown} is empty; serve fills it"), ("ok", f"{empty.shown} is at {head()}")] == seen


def test_the_outbox_is_listed(empty: DatabaseConfig, environ: dict[str, str]) -> None:
    run(environ, "migrate")

    async def unit(tx: Transaction) -> int:
        return await enqueue(tx, "mail", {"to": "ada"})

    async def note() -> int:
        async with open_database(empty) as database:
            return await database.write(unit)

    number = asyncio.run(note())
    listed = json.loads(run(environ, "outbox", "list", "--json").stdout)

    assert [(number, "mail", "pending")] == [(row["id"], row["kind"], row["state"]) for row in listed["rows"]]
    assert 2 == run(environ, "outbox", "retry", str(number)).returncode
