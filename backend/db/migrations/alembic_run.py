"""Run Alembic on a connection of ours."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData

from backend.db.config import DatabaseConfig
from backend.db.migrations.revisions import VERSIONS

_SCRIPTS: Final = Path(__file__).parent

Step = Callable[[Connection], None]
Order = Callable[[Config], object]


def upgrade(config: DatabaseConfig, revision: str, *, versions: Path = VERSIONS) -> None:
    run(config, lambda alembic: command.upgrade(alembic, revision), versions=versions)


def downgrade(config: DatabaseConfig, revision: str, *, versions: Path = VERSIONS) -> None:
    run(config, lambda alembic: command.downgrade(alembic, revision), versions=versions)


def run(config: DatabaseConfig, order: Order, *, versions: Path, metadata: MetaData | None = None) -> None:
    """Give an order to Alembic, on the database and with everything around it that a migration needs there."""

    def step(after_each: Step) -> Step:
        return lambda connection: _give(connection, order, after_each, versions, metadata)

    if config.dialect == "sqlite":
        from backend.db.migrations.sqlite_run import check_foreign_keys, run_on_sqlite  # noqa: PLC0415

        run_on_sqlite(config, step(check_foreign_keys))
    else:
        from backend.db.migrations.postgresql_run import run_on_postgresql  # noqa: PLC0415

        asyncio.run(run_on_postgresql(config, step(lambda _connection: None)))


def _give(connection: Connection, order: Order, after_each: Step, versions: Path, metadata: MetaData | None) -> None:
    def applied(**_about: Any) -> None:
        after_each(connection)

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("version_locations", str(versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")  # none that a path can hold
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(connection=connection, metadata=metadata, on_version_apply=applied)
    order(config)
