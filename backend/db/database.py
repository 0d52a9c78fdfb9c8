"""Open the database that the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.db.config import DatabaseConfig
from backend.db.reach import AlwaysAsked, Reach
from backend.db.unit import Database


@asynccontextmanager
async def open_database(config: DatabaseConfig, reach: Reach | None = None) -> AsyncIterator[Database]:
    """Open it and see that it is as durable as we promise.

    DatabaseError or DiskFull if a person has to do something about it, DatabaseUnavailable if it may come back by
    itself. `reach` stands before the connections to a server. Whether its tables are those of this program is asked by
    `migrations.state.assert_current`.
    """
    # One of the two is imported: each costs a tenth of a second of every start.
    if config.dialect == "sqlite":
        from backend.db.sqlite.database import open_sqlite  # noqa: PLC0415

        async with open_sqlite(config) as sqlite:
            yield sqlite
    else:
        from backend.db.postgresql.database import open_postgresql  # noqa: PLC0415

        async with open_postgresql(config, reach or AlwaysAsked()) as postgresql:
            yield postgresql
