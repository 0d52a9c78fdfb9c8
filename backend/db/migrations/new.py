"""Write the next migration from the difference between the model and the newest one.

`python -P -m gates.new_migration "what it does"` does it for the tables of all packages; the draft is to be read.
"""

import tempfile
from importlib.metadata import version
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData

from backend.db.config import sqlite_config
from backend.db.migrations.alembic_run import run, upgrade
from backend.db.migrations.revisions import VERSIONS, known


def write_migration(message: str, *, versions: Path = VERSIONS, model: MetaData) -> str:
    """Return the new revision; its file lies beside the others."""
    newest = known(versions)[-1]
    revision = f"{int(newest) + 1:04d}"

    def order(config: Config) -> None:
        config.attributes["release"] = version("toolboxai")
        command.revision(config, message, autogenerate=True, rev_id=revision)

    with tempfile.TemporaryDirectory() as folder:
        config = sqlite_config(Path(folder) / "newest.db")
        upgrade(config, newest, versions=versions)
        run(config, order, versions=versions, metadata=model)
    return revision
