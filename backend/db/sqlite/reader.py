"""A reader: its thread and its connection, on which SQLite itself refuses to write."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import sqlalchemy

from backend.db.config import DatabaseConfig
from backend.db.sqlite.clocked import Clocked
from backend.db.sqlite.connection import close_broken, opened
from backend.db.sqlite.failures import primary_code, unavailable
from backend.db.sqlite.job import Job
from backend.db.sqlite.lane import Lane
from backend.db.sqlite.transaction import SQLiteTransaction
from backend.db.unit import WRITES, UnitRefused
from backend.errors import DatabaseUnavailable, InternalError, OperatorError


class Reader:
    """Lives in its thread, one of several. Each unit sees one snapshot, and nothing it does is kept."""

    def __init__(self, lane: Lane, engine: sqlalchemy.Engine, config: DatabaseConfig) -> None:
        self._lane = lane
        self._engine = engine
        self._config = config
        self._connection = ExitStack()
        self._open: _Open | None = None

    @contextmanager
    def working(self) -> Iterator[Callable[[Job], None]]:
        self._opened()
        try:
            yield self._work
        finally:
            self._close()

    def _work(self, job: Job) -> None:
        try:
            self._opened().run(job)
        except sqlite3.Error as error:
            self._fail(job, unavailable(error) or InternalError(f"SQLite refused to begin: {error}"), error)
        except OperatorError as error:
            self._fail(job, DatabaseUnavailable(error.sentence), error)
        except Exception as error:  # noqa: BLE001 -- the boundary of the thread: a defect must not end the reader
            self._fail(job, InternalError("A reader of the database met a defect."), error)
        self._lane.answer([job])

    def _fail(self, job: Job, told: DatabaseUnavailable | InternalError, cause: BaseException) -> None:
        told.__cause__ = cause
        job.fail(told)
        self._close()

    def _opened(self) -> "_Open":
        if self._open is None:
            connection, raw = self._connection.enter_context(opened(self._engine, query_only=True))
            self._open = _Open(self._config, connection, raw)
        return self._open

    def _close(self) -> None:
        self._open = None
        close_broken(self._connection)


class _Open:
    def __init__(self, config: DatabaseConfig, connection: sqlalchemy.Connection, raw: sqlite3.Connection) -> None:
        self._connection = connection
        self._raw = raw
        self._control = sqlite3.Cursor(raw)
        self._clocked = Clocked(raw, config.read_seconds)

    def run(self, job: Job) -> None:
        self._control.execute("BEGIN")
        error = self._clocked.run(job, SQLiteTransaction(self._connection, self._raw, tenant=job.tenant))
        if self._raw.in_transaction:
            self._control.execute("ROLLBACK")
        cause = error.__cause__ if error is not None else None
        if cause is not None and primary_code(cause) == sqlite3.SQLITE_READONLY:
            job.fail(UnitRefused(WRITES))
