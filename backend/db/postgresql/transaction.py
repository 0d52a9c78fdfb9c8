"""The transaction of one unit on PostgreSQL."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, Executable

from backend.db.config import Dialect
from backend.db.fresh import FreshRows
from backend.db.postgresql.failures import unavailable
from backend.db.tenancy.tenant import options_of
from backend.db.unit import FAILED, OVER, Params, UnitRefused, refuse_transaction_words


class PostgreSQLTransaction:
    dialect: Dialect = "postgresql"

    def __init__(self, connection: Connection, fresh: FreshRows | None = None, *, tenant: str | None) -> None:
        self.fresh = fresh
        self.tenant = tenant
        self._options = options_of(tenant)
        self.callbacks: list[Callable[[], None]] = []
        self.failed = False
        self._connection = connection
        self._open = True

    async def execute(self, statement: Executable, params: Params = None) -> CursorResult[Any]:
        self._refuse_if_over()
        refuse_transaction_words(statement)
        with self._asking():
            return self._connection.execute(statement, params, execution_options=self._options)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        self._refuse_if_over()
        kept = len(self.callbacks)
        with self._asking():
            nested = self._connection.begin_nested()
        try:
            yield
            self._refuse_if_over()
        except BaseException:
            del self.callbacks[kept:]
            with self._asking():
                nested.rollback()
            self.failed = False
            raise
        with self._asking():
            nested.commit()

    def after_commit(self, callback: Callable[[], None]) -> None:
        self.callbacks.append(callback)

    def close(self) -> None:
        self._open = False

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self.failed = True
            told = unavailable(error)
            if told is not None:
                raise told from error
            raise

    def _refuse_if_over(self) -> None:
        if not self._open:
            raise UnitRefused(OVER)
        if self.failed:
            raise UnitRefused(FAILED)
