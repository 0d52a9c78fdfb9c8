"""Connections to PostgreSQL: what durability and waiting rest on is set and read back on each of them."""

from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from backend.db.config import DatabaseConfig
from backend.db.postgresql.tenant import TenantConnection
from backend.errors import DatabaseError

# The server ends a statement by itself; this much later it is taken for gone.
_ANSWER_MARGIN_SECONDS: Final = 2.0


def engine_for(config: DatabaseConfig) -> AsyncEngine:
    async def connect() -> asyncpg.Connection:
        return await connected(config)

    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        isolation_level="READ COMMITTED",
        pool_size=config.pool_connections,
        max_overflow=0,
        pool_timeout=config.pool_seconds,
        pool_use_lifo=True,
    )
    # Instead of pool_pre_ping, which asks in three trips on every checkout: a connection that the server has ended is
    # known to be closed, and one that died in silence fails its first statement, before anything was done.
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


async def connected(config: DatabaseConfig) -> asyncpg.Connection:
    settings = _settings(config)
    connection = await asyncpg.connect(
        config.url.reveal(),
        timeout=config.connect_seconds,
        connection_class=TenantConnection,
        command_timeout=config.statement_milliseconds / 1000 + _ANSWER_MARGIN_SECONDS,
        server_settings={**settings, "application_name": "toolboxai"},
    )
    try:
        await _read_back(connection, settings)
    except BaseException:
        await connection.close(timeout=config.connect_seconds)
        raise
    return connection


def _settings(config: DatabaseConfig) -> dict[str, str]:
    return {
        "synchronous_commit": "on",
        "lock_timeout": str(config.lock_milliseconds),
        "statement_timeout": str(config.statement_milliseconds),
        "idle_in_transaction_session_timeout": str(config.idle_milliseconds),
    }


async def _read_back(connection: asyncpg.Connection, settings: dict[str, str]) -> None:
    # fsync belongs to the server; with it off an acknowledged write does not survive a power cut.
    expected = {**settings, "fsync": "on"}
    rows = await connection.fetch("SELECT name, setting FROM pg_settings WHERE name = ANY($1)", list(expected))
    found = {row["name"]: row["setting"] for row in rows}
    for name, value in expected.items():
        if found.get(name) != value:
            raise DatabaseError(
                f"PostgreSQL runs with {name} = {found.get(name)} and this program needs {value}; "
                "set it in postgresql.conf, and see that no pooler between them drops settings."
            )


def _refuse_closed(adapted: Any, _record: object, _proxy: object) -> None:
    if adapted.driver_connection.is_closed():
        raise DisconnectionError("the server closed this connection while nobody used it")
