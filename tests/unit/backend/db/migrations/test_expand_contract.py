"""No migration breaks the release before it; and the check that says so is able to say otherwise."""

import tomllib
from pathlib import Path

import pytest

from backend.db.migrations.revisions import VERSIONS
from tests.unit.backend.db.migrations.expand_contract import faults

ROOT = VERSIONS.parents[3]
RELEASE = "0.3.0"


def planted(folder: Path, body: str, *, contracts: str = "{}", release: str = RELEASE) -> list[str]:
    file = folder / "0002_planted.py"
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    file.write_text(
        f'release = "{release}"\ncontracts: dict[str, str] = {contracts}\n\n\ndef upgrade() -> None:\n{lines}\n\n\n'
        'def downgrade() -> None:\n    op.drop_table("new")\n'
    )
    return faults(file, this_release=RELEASE)


@pytest.mark.parametrize("file", sorted(VERSIONS.glob("[0-9]*.py")), ids=lambda file: file.stem)
def test_the_migrations_are_safe_beside_the_release_before(file: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert faults(file, this_release=project["version"]) == []


@pytest.mark.parametrize(
    "body",
    [
        'op.create_table("new", sa.Column("id", sa.Integer(), nullable=False))',
        'op.add_column("lessons", sa.Column("title", sa.Text()))',
        'op.add_column("lessons", sa.Column("title", sa.Text(), nullable=False, server_default=""))',
        'op.create_index("ix", "lessons", ["title"])',
        'op.execute("UPDATE lessons SET title = old")',
        'with op.batch_alter_table("lessons") as batch:\n    batch.alter_column("title", nullable=True)',
        'op.create_table("new", sa.Column("id"))\nop.create_unique_constraint("uq", "new", ["id"])',
    ],
)
def test_what_adds_is_let_through(tmp_path: Path, body: str) -> None:
    assert planted(tmp_path, body) == []


TAKING_AWAY = [
    ('op.drop_table("lessons")', "lessons"),
    ('op.rename_table("lessons", "courses")', "lessons"),
    ('op.drop_column("lessons", "title")', "lessons.title"),
    ('op.alter_column("lessons", "title", new_column_name="name")', "lessons.title"),
    ('op.alter_column("lessons", "title", type_=sa.String(10))', "lessons.title"),
    ('op.alter_column("lessons", "title", nullable=False)', "lessons.title"),
    ('op.create_check_constraint("long", "lessons", "length(title) > 3")', "lessons.long"),
    ('op.create_unique_constraint("uq", "lessons", ["title"])', "lessons.uq"),
    ('with op.batch_alter_table("lessons") as batch:\n    batch.drop_column("title")', "lessons.title"),
    (
        'with op.batch_alter_table("lessons") as batch:\n    batch.alter_column("title", new_column_name="x")',
        "lessons.title",
    ),
    ('if True:\n    for _ in (1,):\n        op.drop_table("lessons")', "lessons"),
]


@pytest.mark.parametrize(("body", "name"), TAKING_AWAY)
def test_what_takes_away_has_to_be_declared(tmp_path: Path, body: str, name: str) -> None:
    assert planted(tmp_path, body) == [
        f"0002_planted.py takes away {name}, and does not declare since when nothing uses it"
    ]


@pytest.mark.parametrize(("body", "name"), TAKING_AWAY)
def test_it_is_refused_in_the_release_that_stops_using_it(tmp_path: Path, body: str, name: str) -> None:
    assert planted(tmp_path, body, contracts=f'{{"{name}": "{RELEASE}"}}') == [
        f"0002_planted.py takes away {name} in {RELEASE}, the release that stopped using it"
    ]


@pytest.mark.parametrize(("body", "name"), TAKING_AWAY)
def test_it_is_let_through_in_a_later_release(tmp_path: Path, body: str, name: str) -> None:
    assert planted(tmp_path, body, contracts=f'{{"{name}": "0.2.0"}}') == []


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ('op.execute("ALTER TABLE lessons DROP COLUMN title")', "drops, renames or alters"),
        ('op.execute(sa.text("drop table lessons"))', "drops, renames or alters"),
        ('op.add_column("lessons", sa.Column("title", sa.Text(), nullable=False))', "has no server_default"),
        ("op.drop_table(name)", "cannot be checked"),
    ],
)
def test_what_no_declaration_makes_safe_is_refused(tmp_path: Path, body: str, why: str) -> None:
    assert any(why in fault for fault in planted(tmp_path, body))


def test_a_declaration_of_nothing_is_refused(tmp_path: Path) -> None:
    assert planted(tmp_path, "pass", contracts='{"lessons": "0.2.0"}') == [
        "0002_planted.py declares lessons and does not take it away"
    ]


def test_a_migration_of_a_release_to_come_is_refused(tmp_path: Path) -> None:
    assert planted(tmp_path, "pass", release="0.10.0") == [
        "0002_planted.py says it ships with 0.10.0, and this is 0.3.0"
    ]


def test_a_migration_without_the_header_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "0002_planted.py"
    file.write_text("def upgrade() -> None:\n    pass\n")

    assert faults(file, this_release=RELEASE) == [
        "0002_planted.py does not declare `release` and `contracts` as the template does"
    ]
