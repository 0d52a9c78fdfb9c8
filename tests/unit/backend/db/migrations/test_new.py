"""Drafting the next migration."""

import shutil
from pathlib import Path

import pytest
import sqlalchemy

from backend.db.config import sqlite_config
from backend.db.migrations.alembic_run import upgrade
from backend.db.migrations.new import write_migration
from backend.db.migrations.revisions import VERSIONS, known
from bridge.tables import metadata
from tests.unit.backend.db.migrations.expand_contract import faults


def test_a_draft_has_the_difference_and_the_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    versions = tmp_path / "versions"
    shutil.copytree(VERSIONS, versions, ignore=shutil.ignore_patterns("__pycache__"))
    model = sqlalchemy.MetaData(naming_convention=metadata().naming_convention)
    for table in metadata().sorted_tables:
        table.to_metadata(model)
    model.tables["claims"].append_column(sqlalchemy.Column("colour", sqlalchemy.Text))

    revision = write_migration("Claims have a colour", versions=versions, model=model)
    capsys.readouterr()  # Alembic says what it writes

    file = versions / f"{revision}_claims_have_a_colour.py"
    text = file.read_text()
    assert "batch_op.add_column(sa.Column('colour', sa.Text(), nullable=True))" in text
    assert "safe beside the previous release" in text
    assert faults(file, this_release="99.0.0") == []
    known.cache_clear()
    assert known(versions)[-1] == revision
    upgrade(sqlite_config(tmp_path / "x.db"), revision, versions=versions)
