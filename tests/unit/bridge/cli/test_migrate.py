"""`toolboxai migrate`."""

import sqlite3
from pathlib import Path

import pytest

from backend.db.migrations.revisions import head
from bridge.supervisor.folder_lock import held

from .conftest import Ended, Run


@pytest.fixture
def database(home: Path) -> Path:
    return home / "data" / "toolboxai.db"


def migrate(run: Run, database: Path, *words: str) -> Ended:
    return run("migrate", "--data-dir", str(database.parent), *words)


def test_a_new_database_is_made_for_its_owner_alone(run: Run, database: Path) -> None:
    ended = migrate(run, database)

    assert (0, "") == (ended.code, ended.err)
    assert f"{database}: from empty to {head()}" == ended.out.splitlines()[0]
    assert "  applied " in ended.out
    assert [0o700, 0o600] == [path.stat().st_mode & 0o777 for path in (database.parent, database)]


def test_a_database_that_is_up_to_date_is_left_alone(run: Run, database: Path) -> None:
    migrate(run, database)
    before = database.read_bytes()
    ended = migrate(run, database)

    assert (0, before) == (ended.code, database.read_bytes())
    assert ended.out.endswith(f"{database} is at {head()} already; nothing to do.\n")


def test_the_json_tells_from_where_to_where(run: Run, database: Path) -> None:
    first, second = (migrate(run, database, "--json").told for _ in range(2))

    assert (None, head(), head(), True) == (first["from"], first["to"], first["head"], first["up_to_date"])
    assert [head(), []] == [first["applied"][-1], second["applied"]]
    assert (head(), head()) == (second["from"], second["to"])
    assert ["database", "from", "to", "head", "applied", "up_to_date"] == list(first)


def test_a_check_makes_nothing_and_tells_by_its_exit_code(run: Run, database: Path) -> None:
    ended = migrate(run, database, "--check")

    assert (12, "") == (ended.code, ended.out)
    assert (
        f"toolboxai: the database {database} is empty, and this version needs {head()}: "
        "run `toolboxai migrate`, or start serve\n"
    ) == ended.err
    assert not database.parent.exists()
    assert (12, False) == (
        migrate(run, database, "--check", "--json").code,
        migrate(run, database, "--check", "--json").told["up_to_date"],
    )

    migrate(run, database)

    assert (0, f"{database} is at {head()} already; nothing to do.\n") == (
        migrate(run, database, "--check").code,
        migrate(run, database, "--check").out,
    )


def test_it_is_refused_while_a_bridge_holds_the_folder(run: Run, database: Path) -> None:
    database.parent.mkdir(mode=0o700)
    with held(database.parent):
        ended = migrate(run, database)

    assert (5, "") == (ended.code, ended.out)
    assert ended.err.startswith(f"toolboxai: a bridge is running already in the data folder {database.parent}")
    assert not database.exists()


def test_a_file_that_is_no_database_is_one_sentence(run: Run, database: Path) -> None:
    database.parent.mkdir(mode=0o700)
    database.write_bytes(b"this is no database, but a letter to a friend" * 100)
    before = database.read_bytes()

    for words in ([], ["--check"]):
        ended = migrate(run, database, *words)

        assert (7, "") == (ended.code, ended.out)
        assert ended.err.startswith("toolboxai: ")
        assert 1 == ended.err.count("\n")
    assert before == database.read_bytes()


def test_a_database_of_a_newer_version_is_one_sentence_that_names_both(run: Run, database: Path) -> None:
    migrate(run, database)
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    for words in ([], ["--check"]):
        ended = migrate(run, database, *words)

        assert (7, "") == (ended.code, ended.out)
        assert "9999" in ended.err
        assert head() in ended.err
        assert 1 == ended.err.count("\n")


def test_a_database_of_another_program_is_left_alone(run: Run, database: Path) -> None:
    database.parent.mkdir(mode=0o700)
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE recipes (id INTEGER)")
    connection.close()
    before = database.read_bytes()

    ended = migrate(run, database)

    assert (7, before) == (ended.code, database.read_bytes())
    assert 1 == ended.err.count("\n")
