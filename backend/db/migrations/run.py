"""Bring a database to the newest migration. Only the supervisor and `toolboxai migrate` do this."""

import asyncio
from dataclasses import dataclass

from backend.db.config import DatabaseConfig
from backend.db.migrations.revisions import head, known
from backend.db.migrations.state import current, refuse_newer


@dataclass(frozen=True, slots=True)
class MigrationReport:
    before: str | None
    after: str
    applied: tuple[str, ...]


def migrate(config: DatabaseConfig) -> MigrationReport:
    """Apply what is missing and report it. Blocks, and runs an event loop of its own: call it in a thread.

    DatabaseError or DiskFull if that cannot be done; every migration is kept whole or not at all.
    """
    before = asyncio.run(current(config))
    refuse_newer(config, before)
    if before != head():
        # Alembic is imported only when there is something to do: a start with nothing to migrate stays quick.
        from backend.db.migrations.alembic_run import upgrade  # noqa: PLC0415

        upgrade(config, head())
    applied = known()[known().index(before) + 1 :] if before is not None else known()
    return MigrationReport(before, head(), applied)
