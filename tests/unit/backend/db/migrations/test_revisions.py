"""The line of migrations, read from their files."""

import subprocess
import sys
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from backend.db.migrations.revisions import VERSIONS, head, known


def write(folder: Path, revision: str, down: str | None) -> None:
    down_line = "None" if down is None else f'"{down}"'
    (folder / f"{revision}_x.py").write_text(f'revision = "{revision}"\ndown_revision = {down_line}\n')


def test_the_line_begins_with_the_first_and_ends_with_the_head() -> None:
    assert known()[0] == "0001"
    assert known()[-1] == head()
    assert len(known()) == len(list(VERSIONS.glob("[0-9]*.py")))


def test_files_are_ordered_by_what_they_follow(tmp_path: Path) -> None:
    for revision, down in (("0003", "0001"), ("0001", None), ("0002", "0003")):
        write(tmp_path, revision, down)

    assert known(tmp_path) == ("0001", "0003", "0002")


def test_two_heads_are_refused(tmp_path: Path) -> None:
    for revision, down in (("0001", None), ("0002", "0001"), ("0003", "0001")):
        write(tmp_path, revision, down)

    with pytest.raises(ValueError, match="0003 and 0002 both follow 0001"):
        known(tmp_path)


def test_a_gap_is_refused(tmp_path: Path) -> None:
    for revision, down in (("0001", None), ("0003", "0002")):
        write(tmp_path, revision, down)

    with pytest.raises(ValueError, match="nothing leads to 0003"):
        known(tmp_path)


def test_a_file_in_another_form_is_refused(tmp_path: Path) -> None:
    (tmp_path / "0001_x.py").write_text("revision = '0001'\n")

    with pytest.raises(ValueError, match=r"0001_x\.py does not say"):
        known(tmp_path)


def test_a_start_with_nothing_to_migrate_does_not_load_what_migrates(sqlite_database: DatabaseConfig) -> None:
    program = (
        "import sys; from backend.db.config import DatabaseConfig; from backend.secret import Secret;"
        "from backend.db.migrations.run import migrate; report = migrate(DatabaseConfig(Secret(sys.argv[1])));"
        "print(report.applied, sorted({'alembic', 'sqlalchemy', 'asyncpg'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, sqlite_database.url.reveal()], capture_output=True, text=True, check=True
    )

    assert done.stdout == "() []\n"
