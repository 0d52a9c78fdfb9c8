"""Migrate a PostgreSQL database."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from backend.db.config import DatabaseConfig
from backend.db.postgresql.connection import engine_for
from backend.db.postgresql.failures import LOCK_NOT_AVAILABLE, sqlstate
from backend.db.postgresql.revision import cannot_reach
from backend.db.postgresql.roles import let_in, refuse_half_blind
from backend.errors import DatabaseError

# Whoever migrates holds this advisory lock; a second one waits, and finds nothing left to do.
_LOCK_KEY: Final = 0x746F6F6C
_LOCK_WAIT: Final = "60s"
# A migration that waits for a table holds up everyone who comes after it: better to fail and be tried again.
_TABLE_WAIT: Final = "4s"
_STATEMENT_MILLISECONDS: Final = 600_000


async def run_on_postgresql(config: DatabaseConfig, step: Callable[[Connection], None]) -> None:
    engine = engine_for(replace(config, statement_milliseconds=_STATEMENT_MILLISECONDS))
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_locked, step, config)
    except (OSError, TimeoutError, asyncpg.PostgresError, SQLAlchemyError) as error:
        if sqlstate(error) == LOCK_NOT_AVAILABLE:
            raise DatabaseError(
                f"A migration of {config.shown} could not lock what it changes, because it is in use; try again."
            ) from error
        raise cannot_reach(config, error) from error
    finally:
        await engine.dispose()


def _locked(connection: Connection, step: Callable[[Connection], None], config: DatabaseConfig) -> None:
    refuse_half_blind(config, connection)
    # A lock of the session: it outlives the transactions of the migrations, and ends with the connection.
    connection.execute(text("SELECT set_config('lock_timeout', :wait, false)"), {"wait": _LOCK_WAIT})
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK_KEY})
    connection.execute(text("SELECT set_config('lock_timeout', :wait, false)"), {"wait": _TABLE_WAIT})
    connection.commit()
    step(connection)
    if config.application is not None:
        let_in(connection, config.application)
