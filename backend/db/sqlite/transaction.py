"""The transaction of one unit on SQLite: a savepoint inside the transaction that the whole group shares."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import sqlalchemy
from sqlalchemy import CursorResult, Executable

from backend.db.config import Dialect
from backend.db.fresh import FreshRows
from backend.db.sqlite.failures import unavailable
from backend.db.tenancy.tenant import options_of
from backend.db.unit import FAILED, OVER, Params, UnitRefused, refuse_transaction_words
from backend.errors import DatabaseUnavailable

_LOST: Final = "SQLite ended the transaction; nothing of this work was kept. Try again."


class SQLiteTransaction:
    dialect: Dialect = "sqlite"

    def __init__(
        self,
        connection: sqlalchemy.Connection,
        raw: sqlite3.Connection,
        fresh: FreshRows | None = None,
        *,
        tenant: str | None,
    ) -> None:
        self.fresh = fresh
        self.tenant = tenant
        self._options = options_of(tenant)
        self.callbacks: list[Callable[[], None]] = []
        self._connection = connection
        self._raw = raw
        # A cursor of the driver's own kind: what is sent through it returns no rows.
        self._control = sqlite3.Cursor(raw)
        self._open = True
        self.failed = False

    async def execute(self, statement: Executable, params: Params = None) -> CursorResult[Any]:
        self._refuse_if_over()
        refuse_transaction_words(statement)
        try:
            return self._connection.execute(statement, params, execution_options=self._options)
        except BaseException as error:
            self.failed = True
            # Some errors end the transaction by themselves (a full disk, OR ROLLBACK). What the unit sent after that
            # would be kept at once, by itself.
            if not self._raw.in_transaction:
                raise DatabaseUnavailable(_LOST) from error
            told = unavailable(error)
            if told is not None:
                raise told from error
            raise

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        self._refuse_if_over()
        kept = len(self.callbacks)
        self._control.execute("SAVEPOINT inner_part")
        try:
            yield
            self._refuse_if_over()
        except BaseException:
            del self.callbacks[kept:]
            if self._raw.in_transaction:
                self._control.execute("ROLLBACK TO inner_part")
                self._control.execute("RELEASE inner_part")
                self.failed = False
            raise
        self._control.execute("RELEASE inner_part")

    def after_commit(self, callback: Callable[[], None]) -> None:
        self.callbacks.append(callback)

    def close(self) -> None:
        """Accept nothing more: a unit that kept its transaction would write into the unit of somebody else."""
        self._open = False

    def _refuse_if_over(self) -> None:
        if not self._open:
            raise UnitRefused(OVER)
        if not self._raw.in_transaction:
            raise DatabaseUnavailable(_LOST)
        if self.failed:
            raise UnitRefused(FAILED)
