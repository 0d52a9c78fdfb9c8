"""The database in a PostgreSQL server."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

import sqlalchemy
from sqlalchemy import Connection, Engine
from sqlalchemy.util import greenlet_spawn

from backend.db.after_commit import call_back
from backend.db.config import DatabaseConfig, Dialect
from backend.db.driving import run_whole
from backend.db.fresh import FreshRows
from backend.db.postgresql.connection import engine_for
from backend.db.postgresql.failures import READ_ONLY_TRANSACTION, cannot_open, reason_of, sqlstate, unavailable
from backend.db.postgresql.roles import SEES_EVERYTHING, refuse_all_seeing
from backend.db.postgresql.tenant import READING, WRITING, Kind, begin_as
from backend.db.postgresql.transaction import PostgreSQLTransaction
from backend.db.reach import Reach
from backend.db.tenancy import guard
from backend.db.tenancy.tenant import checked
from backend.db.unit import SWALLOWED, WRITES, Transaction, Unit, UnitRefused, unconfirmed
from backend.errors import DatabaseUnavailable

T = TypeVar("T")


class PostgreSQLDatabase:
    """Runs each unit whole in one greenlet, in which SQLAlchemy's own connection waits for the driver.

    Its asynchronous connection begins a greenlet for each thing that it is asked: that was a quarter of what a short
    unit costs (docs/decisions/0008-one-greenlet-a-unit.md).
    """

    dialect: Dialect = "postgresql"

    def __init__(self, engine: Engine, reach: Reach) -> None:
        self.fresh: FreshRows | None = None
        self._engine = engine
        self._reach = reach

    async def read(self, unit: Unit[T], *, tenant: str | None = None) -> T:
        try:
            return await self._run(READING, unit, tenant)
        except DatabaseUnavailable as error:
            if error.__cause__ is not None and sqlstate(error.__cause__) == READ_ONLY_TRANSACTION:
                raise UnitRefused(WRITES) from error
            raise

    async def write(self, unit: Unit[T], *, tenant: str | None = None) -> T:
        return await self._run(WRITING, unit, tenant)

    async def shed_old_pages(self) -> None:
        """Nothing: the server's own VACUUM does it, and the application's role may not ask for it."""

    async def ping(self) -> None:
        await self.read(_ask)

    async def _run(self, kind: Kind, unit: Unit[T], tenant: str | None) -> T:
        checked(tenant)
        done: tuple[T, list[Callable[[], None]]] = await greenlet_spawn(self._whole, kind, unit, tenant)
        result, callbacks = done
        call_back(callbacks)
        return result

    def _whole(self, kind: Kind, unit: Unit[T], tenant: str | None) -> tuple[T, list[Callable[[], None]]]:
        with _connection(self._engine, self._reach) as connection:
            begin_as(connection, kind, tenant)
            transaction = PostgreSQLTransaction(connection, self.fresh, tenant=tenant)
            try:
                # Its transaction never suspends it: it is this greenlet that waits.
                result = run_whole(unit(transaction))
                _refuse_swallowed(transaction)
            except BaseException:
                _roll_back(connection)
                raise
            finally:
                transaction.close()
            _commit(connection)
        return result, transaction.callbacks


@asynccontextmanager
async def open_postgresql(config: DatabaseConfig, reach: Reach) -> AsyncIterator[PostgreSQLDatabase]:
    engine = engine_for(config)
    try:
        database = PostgreSQLDatabase(engine.sync_engine, reach)
        try:
            await database.ping()
        except Exception as error:
            told = cannot_open(config, error.__cause__ or error)
            if told is not None:
                raise told from error
            raise
        if config.guarded:
            refuse_all_seeing(config, sees_everything=await greenlet_spawn(_sees_everything, engine.sync_engine, reach))
        # Not before: what SQLAlchemy itself asks of a new server comes as text.
        if config.guarded:
            guard.install(engine.sync_engine)
        yield database
    finally:
        await engine.dispose()


@contextmanager
def _connection(engine: Engine, reach: Reach) -> Iterator[Connection]:
    """Take a connection from the pool, and give it back whatever happens."""
    reach.enter()
    try:
        connection = engine.connect()
    except Exception as error:
        told = unavailable(error)
        if told is not None:
            reach.failed()
            raise told from error
        # It answered, with something that only a person can mend.
        reach.succeeded()
        raise
    except BaseException:
        reach.left()
        raise
    reach.succeeded()
    with connection:
        yield connection


def _refuse_swallowed(transaction: PostgreSQLTransaction) -> None:
    # PostgreSQL would answer the COMMIT of such a transaction with ROLLBACK, which the driver takes for success.
    if transaction.failed:
        raise UnitRefused(SWALLOWED)


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except Exception as error:
        # The server may have committed before its answer was lost. A success is reported only where it was told.
        raise unconfirmed(reason_of(error)) from error


def _roll_back(connection: Connection) -> None:
    try:
        connection.rollback()
    except BaseException:  # noqa: BLE001 -- a connection that cannot even roll back is thrown away, and the server rolls back
        connection.invalidate()


def _sees_everything(engine: Engine, reach: Reach) -> bool:
    with _connection(engine, reach) as connection:
        return bool(connection.execute(sqlalchemy.text(SEES_EVERYTHING)).scalar_one())


async def _ask(transaction: Transaction) -> None:
    await transaction.execute(sqlalchemy.select(sqlalchemy.literal(1)))
