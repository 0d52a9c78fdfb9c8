"""Connections to SQLite: every setting that durability rests on is set and read back on each of them."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Final

import sqlalchemy
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from backend.db.config import DatabaseConfig
from backend.db.sqlite.failures import cannot_open
from backend.db.sqlite.file import Connection, connect, refuse_foreign, set_and_read_back

_WAL_KEPT_BYTES: Final = 64 * 1024 * 1024

# What is set, and what SQLite must say when asked afterwards.
_PRAGMAS: Final = (
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    # On macOS only this makes the disk itself write; elsewhere it changes nothing.
    ("fullfsync", "ON", 1),
    ("checkpoint_fullfsync", "ON", 1),
    ("foreign_keys", "ON", 1),
    ("secure_delete", "ON", 1),
    ("trusted_schema", "OFF", 0),
    ("journal_size_limit", _WAL_KEPT_BYTES, _WAL_KEPT_BYTES),
)


def prepared(config: DatabaseConfig) -> Connection:
    """Open an existing database of ours with all settings in force."""
    path = config.sqlite_path
    try:
        raw = connect(path, busy_milliseconds=config.busy_milliseconds)
    except sqlite3.Error as error:
        raise cannot_open(path, error) from error
    try:
        refuse_foreign(raw, path)
        for name, value, expected in _PRAGMAS:
            set_and_read_back(raw, name, value, expected)
        set_and_read_back(raw, "busy_timeout", config.busy_milliseconds, config.busy_milliseconds)
    except sqlite3.Error as error:
        raw.close()
        raise cannot_open(path, error) from error
    except BaseException:
        raw.close()
        raise
    return raw


def engine_for(config: DatabaseConfig) -> sqlalchemy.Engine:
    """One engine for writer and readers: one cache of compiled statements, one place for hooks."""
    return sqlalchemy.create_engine("sqlite+pysqlite://", creator=lambda: prepared(config), poolclass=NullPool)


@contextmanager
def opened(
    engine: sqlalchemy.Engine, *, query_only: bool = False
) -> Iterator[tuple[sqlalchemy.Connection, sqlite3.Connection]]:
    """Open a connection for the thread that calls: SQLAlchemy's, and the driver's below it."""
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            raise TypeError("the engine of SQLite has another driver")
        if query_only:
            set_and_read_back(raw, "query_only", "ON", 1)
        yield connection, raw


def close_broken(connection: ExitStack) -> None:
    """Close a connection that may be broken; its transaction ends with it, and what it says about that is no news."""
    with suppress(sqlite3.Error, DBAPIError):
        connection.close()
