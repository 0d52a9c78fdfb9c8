"""Ask a PostgreSQL server at which migration its database is."""

import asyncpg  # type: ignore[import-untyped]

from backend.db.config import DatabaseConfig
from backend.db.postgresql.connection import connected
from backend.db.postgresql.failures import cannot_open
from backend.errors import DatabaseError


async def of_server(config: DatabaseConfig, query: str) -> str | None:
    try:
        connection = await connected(config)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise cannot_reach(config, error) from error
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        found = await connection.fetchval(query)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise cannot_reach(config, error) from error
    finally:
        await connection.close(timeout=config.connect_seconds)
    return None if found is None else str(found)


def cannot_reach(config: DatabaseConfig, error: BaseException) -> DatabaseError:
    told = cannot_open(config, error)
    if told is not None:
        return told
    return DatabaseError(
        f"PostgreSQL cannot be used at {config.shown} ({error or type(error).__name__}); "
        "see that it runs and that the address is right."
    )
