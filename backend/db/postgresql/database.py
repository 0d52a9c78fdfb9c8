"""The database in a PostgreSQL server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import sqlalchemy
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backend.db.after_commit import call_back
from backend.db.config import DatabaseConfig, Dialect
from backend.db.driving import run_watched
from backend.db.fresh import FreshRows
from backend.db.postgresql.connection import engine_for
from backend.db.postgresql.failures import READ_ONLY_TRANSACTION, cannot_open, reason_of, sqlstate, unavailable
from backend.db.postgresql.roles import SEES_EVERYTHING, refuse_all_seeing
from backend.db.postgresql.tenant import name_tenant
from backend.db.postgresql.transaction import PostgreSQLTransaction
from backend.db.tenancy import guard
from backend.db.tenancy.tenant import checked
from backend.db.unit import SWALLOWED, WRITES, Transaction, Unit, UnitRefused, unconfirmed
from backend.errors import DatabaseUnavailable

T = TypeVar("T")


class PostgreSQLDatabase:
    dialect: Dialect = "postgresql"

    def __init__(self, engine: AsyncEngine) -> None:
        self.fresh: FreshRows | None = None
        self._writing = engine
        # One snapshot for the whole unit, as a reader of SQLite has it. Both are told with BEGIN, in no trip more.
        self._reading = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def read(self, unit: Unit[T], *, tenant: str | None = None) -> T:
        try:
            return await self._run(self._reading, unit, tenant)
        except DatabaseUnavailable as error:
            if error.__cause__ is not None and sqlstate(error.__cause__) == READ_ONLY_TRANSACTION:
                raise UnitRefused(WRITES) from error
            raise

    async def write(self, unit: Unit[T], *, tenant: str | None = None) -> T:
        return await self._run(self._writing, unit, tenant)

    async def shed_old_pages(self) -> None:
        """Nothing: the server's own VACUUM does it, and the application's role may not ask for it."""

    async def ping(self) -> None:
        await self.read(_ask)

    async def _run(self, engine: AsyncEngine, unit: Unit[T], tenant: str | None) -> T:
        checked(tenant)
        async with _connection(engine) as connection:
            await name_tenant(connection, tenant)
            transaction = PostgreSQLTransaction(connection, self.fresh, tenant=tenant)
            try:
                result = await run_watched(unit(transaction), transaction)
                _refuse_swallowed(transaction)
            except BaseException:
                await _roll_back(connection)
                raise
            finally:
                transaction.close()
            await _commit(connection)
        call_back(transaction.callbacks)
        return result


@asynccontextmanager
async def open_postgresql(config: DatabaseConfig) -> AsyncIterator[PostgreSQLDatabase]:
    engine = engine_for(config)
    try:
        database = PostgreSQLDatabase(engine)
        try:
            await database.ping()
        except Exception as error:
            told = cannot_open(config, error.__cause__ or error)
            if told is not None:
                raise told from error
            raise
        if config.guarded:
            refuse_all_seeing(config, sees_everything=await _sees_everything(engine))
        # Not before: what SQLAlchemy itself asks of a new server comes as text.
        if config.guarded:
            guard.install(engine.sync_engine)
        yield database
    finally:
        await engine.dispose()


@asynccontextmanager
async def _connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Take a connection from the pool, and give it back even when the caller is cancelled meanwhile."""
    connecting = engine.connect()
    try:
        connection = await connecting.__aenter__()
    except Exception as error:
        told = unavailable(error)
        if told is not None:
            raise told from error
        raise
    try:
        yield connection
    finally:
        await connecting.__aexit__(None, None, None)


def _refuse_swallowed(transaction: PostgreSQLTransaction) -> None:
    # PostgreSQL would answer the COMMIT of such a transaction with ROLLBACK, which the driver takes for success.
    if transaction.failed:
        raise UnitRefused(SWALLOWED)


async def _commit(connection: AsyncConnection) -> None:
    try:
        await connection.commit()
    except Exception as error:
        # The server may have committed before its answer was lost. A success is reported only where it was told.
        raise unconfirmed(reason_of(error)) from error


async def _roll_back(connection: AsyncConnection) -> None:
    try:
        await connection.rollback()
    except Exception:  # noqa: BLE001 -- a connection that cannot even roll back is thrown away, and the server rolls back
        await connection.invalidate()


async def _sees_everything(engine: AsyncEngine) -> bool:
    async with _connection(engine) as connection:
        return bool((await connection.execute(sqlalchemy.text(SEES_EVERYTHING))).scalar_one())


async def _ask(transaction: Transaction) -> None:
    await transaction.execute(sqlalchemy.select(sqlalchemy.literal(1)))
