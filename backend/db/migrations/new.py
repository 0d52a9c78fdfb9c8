"""Write the next migration from the difference between the model and the newest one.

Run as `python -P -m backend.db.migrations.new "what it does"` in a checkout; what it writes is a draft to be read.
"""

import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData

from backend.db.config import sqlite_config
from backend.db.migrations.alembic_run import run, upgrade
from backend.db.migrations.revisions import VERSIONS, known
from backend.db.migrations.tables import metadata


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


if __name__ == "__main__":
    sys.stdout.write(f"{write_migration(' '.join(sys.argv[1:]), model=metadata())}\n")
