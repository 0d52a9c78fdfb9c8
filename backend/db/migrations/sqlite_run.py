"""Migrate a SQLite file.

Foreign keys are off while a table is copied to change it: with them on, dropping the old copy empties the tables that
cascade from it. They are checked before each migration is kept instead.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import sqlalchemy
from sqlalchemy import Connection, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from backend.db.config import DatabaseConfig
from backend.db.sqlite.failures import cannot_open, primary_code
from backend.db.sqlite.file import APPLICATION_ID, connect, set_and_read_back
from backend.db.sqlite.turnstile import Turnstile
from backend.errors import DatabaseError, DatabaseUnavailable


def run_on_sqlite(config: DatabaseConfig, step: Callable[[Connection], None]) -> None:
    path = config.sqlite_path
    is_new = not path.exists()
    try:
        with Turnstile(path, wait_seconds=config.turn_seconds).passed():
            _run(config, step)
    except DatabaseUnavailable as error:
        _undo(path, is_new=is_new)
        raise DatabaseError(f"{error.sentence} (of the database {path})") from error
    except (sqlite3.Error, DBAPIError) as error:
        _undo(path, is_new=is_new)
        if primary_code(error) == sqlite3.SQLITE_ERROR or isinstance(error, sqlalchemy.exc.IntegrityError):
            raise DatabaseError(f"A migration of {path} failed and was undone ({error}).") from error
        raise cannot_open(path, error) from error
    except BaseException:
        _undo(path, is_new=is_new)
        raise


def check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise DatabaseError(f"A migration would leave rows without what they refer to, in {tables}; it was undone.")


def _run(config: DatabaseConfig, step: Callable[[Connection], None]) -> None:
    engine = sqlalchemy.create_engine("sqlite+pysqlite://", creator=lambda: _prepared(config), poolclass=NullPool)
    event.listen(engine, "begin", _begin)
    try:
        with engine.connect() as connection:
            step(connection)
    finally:
        engine.dispose()


def _prepared(config: DatabaseConfig) -> sqlite3.Connection:
    raw = connect(config.sqlite_path, busy_milliseconds=config.busy_milliseconds, create=True)
    try:
        set_and_read_back(raw, "journal_mode", "WAL", "wal")
        set_and_read_back(raw, "synchronous", "FULL", 2)
        set_and_read_back(raw, "fullfsync", "ON", 1)
        set_and_read_back(raw, "secure_delete", "ON", 1)
        set_and_read_back(raw, "foreign_keys", "OFF", 0)
        set_and_read_back(raw, "application_id", APPLICATION_ID, APPLICATION_ID)
    except BaseException:
        raw.close()
        raise
    return raw


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _undo(path: Path, *, is_new: bool) -> None:
    """Leave nothing half-made behind where there was nothing before."""
    if is_new:
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)
