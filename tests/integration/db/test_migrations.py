"""Migrations on real databases: empty, filled, broken, foreign, newer."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from backend.db.config import DatabaseConfig, sqlite_config
from backend.db.migrations import alembic_run
from backend.db.migrations.revisions import VERSIONS, head, known
from backend.db.migrations.run import MigrationReport, migrate
from backend.db.migrations.state import assert_current, current
from backend.errors import DatabaseError
from backend.secret import Secret
from bridge.tables import metadata
from tests.integration.db.fill import FEWER, ROWS, counts, fill
from tests.servers.databases import PostgresDatabases, owner_of

PLANTED = {
    "0002": """
def upgrade() -> None:
    op.create_table("parents", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text()))
    op.create_table(
        "children",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("parent", sa.Integer(), sa.ForeignKey("parents.id", ondelete="CASCADE"), nullable=False),
    )
    op.execute("INSERT INTO parents (id, name) VALUES (1, 'a'), (2, 'b')")
    op.execute("INSERT INTO children (id, parent) VALUES (1, 1), (2, 1), (3, 2)")


def downgrade() -> None:
    op.drop_table("children")
    op.drop_table("parents")
""",
    "0003": """
def upgrade() -> None:
    with op.batch_alter_table("parents") as batch:
        batch.alter_column("name", type_=sa.String(80), existing_type=sa.Text())


def downgrade() -> None:
    with op.batch_alter_table("parents") as batch:
        batch.alter_column("name", type_=sa.Text(), existing_type=sa.String(80))
""",
}
FAILS_HALF_WAY = """
def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO nowhere VALUES (1)")


def downgrade() -> None:
    pass
"""
LEAVES_ORPHANS = """
def upgrade() -> None:
    op.execute("DELETE FROM parents WHERE id = 1")


def downgrade() -> None:
    pass
"""


def plant(versions: Path, revision: str, down: str | None, body: str) -> None:
    down_line = "None" if down is None else f'"{down}"'
    text = f'import sqlalchemy as sa\nfrom alembic import op\n\nrevision = "{revision}"\ndown_revision = {down_line}\n'
    (versions / f"{revision}_planted.py").write_text(text + body)


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """The real migrations, and two planted ones after them."""
    folder = tmp_path / "versions"
    shutil.copytree(VERSIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    down = head()
    for number, body in PLANTED.items():
        revision = f"9{number}"
        plant(folder, revision, down, body)
        down = revision
    return folder


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_config(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DatabaseConfig]:
    if request.param == "sqlite":
        yield sqlite_config(tmp_path / "a folder with spaces & 100%" / "new.db")
        return
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    url = databases.empty()
    yield owner_of(url)
    databases.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_config(request: pytest.FixtureRequest) -> DatabaseConfig:
    """A migrated database as its owner has it, with tables that no model knows."""
    if request.param == "sqlite":
        plain: DatabaseConfig = request.getfixturevalue("sqlite_database")
        return replace(plain, guarded=False)
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    return owner_of(databases.owned(request.getfixturevalue("postgres_database").url.reveal()))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path) -> None:
    (tmp_path / "a folder with spaces & 100%").mkdir()


def reflected(config: DatabaseConfig) -> sqlalchemy.MetaData:
    """What the database itself says it holds."""
    found = sqlalchemy.MetaData()
    alembic_run.run(config, lambda alembic: found.reflect(alembic.attributes["connection"]), versions=VERSIONS)
    found.remove(found.tables["alembic_version"])
    return found


def test_an_empty_database_comes_to_the_head(empty_config: DatabaseConfig) -> None:
    assert migrate(empty_config) == MigrationReport(None, head(), known())
    assert asyncio.run(current(empty_config)) == head()
    asyncio.run(assert_current(empty_config))


def test_a_second_time_there_is_nothing_to_do(database_config: DatabaseConfig) -> None:
    assert migrate(database_config) == MigrationReport(head(), head(), ())


def test_there_is_exactly_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))

    assert ScriptDirectory.from_config(config).get_heads() == [head()]


def test_the_model_is_the_schema(database_config: DatabaseConfig) -> None:
    def compare(alembic: Config) -> None:
        context = MigrationContext.configure(alembic.attributes["connection"], opts={"compare_type": True})
        differences.extend(compare_metadata(context, metadata()))

    differences: list[object] = []
    alembic_run.run(database_config, compare, versions=VERSIONS)

    assert differences == []


def test_down_to_nothing_and_up_again(database_config: DatabaseConfig) -> None:
    before = set(reflected(database_config).tables)

    alembic_run.downgrade(database_config, "base")
    assert set(reflected(database_config).tables) == set()

    alembic_run.upgrade(database_config, head())
    assert set(reflected(database_config).tables) == before


def test_every_table_of_the_program_is_filled_for_these_tests(database_config: DatabaseConfig) -> None:
    asyncio.run(fill(database_config))

    assert asyncio.run(counts(database_config, metadata())) == {**dict.fromkeys(metadata().tables, ROWS), **FEWER}


def test_a_filled_database_keeps_its_rows_on_the_way_up_and_down(
    database_config: DatabaseConfig, versions: Path
) -> None:
    asyncio.run(fill(database_config))
    alembic_run.upgrade(database_config, "90002", versions=versions)
    tables = reflected(database_config)
    before = asyncio.run(counts(database_config, tables))

    alembic_run.upgrade(database_config, "90003", versions=versions)
    up = asyncio.run(counts(database_config, tables))
    alembic_run.downgrade(database_config, "90002", versions=versions)
    down = asyncio.run(counts(database_config, tables))

    assert before == {**dict.fromkeys(metadata().tables, ROWS), **FEWER, "parents": 2, "children": 3}
    assert up == before
    assert down == before


def test_a_migration_that_fails_half_way_is_undone_and_the_ones_before_stay(
    database_config: DatabaseConfig, versions: Path
) -> None:
    plant(versions, "90004", "90003", FAILS_HALF_WAY)

    with pytest.raises(DatabaseError, match="nowhere"):
        alembic_run.upgrade(database_config, "90004", versions=versions)

    assert "half" not in reflected(database_config).tables
    assert asyncio.run(current(database_config)) == "90003"


def test_a_migration_of_sqlite_that_leaves_orphans_is_undone(sqlite_database: DatabaseConfig, versions: Path) -> None:
    plant(versions, "90004", "90003", LEAVES_ORPHANS)

    with pytest.raises(DatabaseError, match="without what they refer to, in children"):
        alembic_run.upgrade(sqlite_database, "90004", versions=versions)

    assert asyncio.run(current(sqlite_database)) == "90003"


def test_a_new_file_whose_migration_fails_is_not_left_behind(tmp_path: Path) -> None:
    folder = tmp_path / "versions"
    folder.mkdir()
    plant(folder, "0001", None, FAILS_HALF_WAY)

    with pytest.raises(DatabaseError):
        alembic_run.upgrade(sqlite_config(tmp_path / "new.db"), "0001", versions=folder)

    assert [path.name for path in tmp_path.glob("new.db*") if not path.name.endswith(("-next", "-turn"))] == []


def test_two_who_migrate_at_once_both_find_it_done(empty_config: DatabaseConfig) -> None:
    async def both() -> list[MigrationReport]:
        return await asyncio.gather(*(asyncio.to_thread(migrate, empty_config) for _ in range(2)))

    reports = asyncio.run(both())

    assert [report.after for report in reports] == [head(), head()]
    assert asyncio.run(current(empty_config)) == head()


def test_a_database_that_nobody_migrated_is_refused(empty_config: DatabaseConfig) -> None:
    with pytest.raises(
        DatabaseError, match=f"at revision none and this program needs {head()}; run `toolboxai migrate`"
    ):
        asyncio.run(assert_current(empty_config))


def test_a_newer_database_is_refused_by_name(database_config: DatabaseConfig, versions: Path) -> None:
    alembic_run.upgrade(database_config, "90002", versions=versions)

    with pytest.raises(DatabaseError, match=rf"at revision 90002.*its newest is {head()}.*newer release"):
        asyncio.run(assert_current(database_config))
    with pytest.raises(DatabaseError, match="newer release"):
        migrate(database_config)


@pytest.mark.parametrize("content", [b"hello, this is a letter to my aunt, and no database" * 40, b"x"])
def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(content)

    with pytest.raises(DatabaseError, match=r"letter\.db is not a SQLite database"):
        migrate(sqlite_config(path))

    assert path.read_bytes() == content


@pytest.mark.parametrize("application_id", [0, 7])
def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path: Path, application_id: int) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (x)")
        other.execute(f"PRAGMA application_id = {application_id}")
    other.close()
    before = path.read_bytes()

    with pytest.raises(DatabaseError, match=r"other\.db is not a database of this program"):
        migrate(sqlite_config(path))

    assert path.read_bytes() == before


def test_a_damaged_file_is_refused(sqlite_database: DatabaseConfig) -> None:
    path = sqlite_database.sqlite_path
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * 4000 + content[4100:])

    with pytest.raises(DatabaseError, match=r"toolboxai.db is damaged.*restore it from a backup"):
        migrate(sqlite_database)


def test_a_server_that_is_away_is_named(unused_tcp_port: int) -> None:
    config = DatabaseConfig(Secret(f"postgresql://me:canary-password@127.0.0.1:{unused_tcp_port}/there"))

    with pytest.raises(DatabaseError) as raised:
        migrate(config)

    assert f"postgresql://me@127.0.0.1:{unused_tcp_port}/there" in raised.value.sentence
    assert "see that it runs" in raised.value.sentence
    assert "canary-password" not in raised.value.sentence


def test_a_database_that_the_server_does_not_have_is_named(postgres_url: str) -> None:
    config = DatabaseConfig(Secret(postgres_url.replace("/postgres", "/nowhere")))

    with pytest.raises(DatabaseError, match=r"no such database.*createdb"):
        migrate(config)


def test_a_user_that_the_server_does_not_know_is_named(postgres_url: str) -> None:
    config = DatabaseConfig(Secret(postgres_url.replace("toolboxai@", "stranger@")))

    with pytest.raises(DatabaseError, match="does not let this user in"):
        migrate(config)


def test_a_file_whose_lock_another_program_holds_is_named(sqlite_database: DatabaseConfig, versions: Path) -> None:
    config = replace(sqlite_database, busy_milliseconds=50)
    holder = sqlite3.connect(config.sqlite_path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(DatabaseError, match=r"Another program holds the lock of .*toolboxai\.db"):
            alembic_run.upgrade(config, "90003", versions=versions)
    finally:
        holder.close()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="gone"):
        migrate(sqlite_config(tmp_path / "gone" / "x.db"))
