"""The database in a file: one writer, several readers, each in a thread of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import sqlalchemy

from backend.db.config import DatabaseConfig, Dialect
from backend.db.fresh import FreshRows
from backend.db.sqlite.connection import engine_for
from backend.db.sqlite.lane import Lane
from backend.db.sqlite.reader import Reader
from backend.db.sqlite.shedding import shed
from backend.db.sqlite.writer import Writer
from backend.db.tenancy import guard
from backend.db.unit import Transaction, Unit

T = TypeVar("T")


class SQLiteDatabase:
    dialect: Dialect = "sqlite"

    def __init__(self, config: DatabaseConfig) -> None:
        self.fresh: FreshRows | None = None
        self._config = config
        self.engine = engine_for(config)
        if config.guarded:
            guard.install(self.engine)
        self.writing = Lane(
            "sqlite-writer",
            lambda lane: Writer(lane, self.engine, config, lambda: self.fresh).working(),
            threads=1,
            longest_queue=config.queued_units,
        )
        self.reading = Lane(
            "sqlite-reader",
            lambda lane: Reader(lane, self.engine, config).working(),
            threads=config.readers,
            longest_queue=config.queued_units,
        )

    async def read(self, unit: Unit[T], *, tenant: str | None = None) -> T:
        return await self.reading.run(unit, tenant)

    async def write(self, unit: Unit[T], *, tenant: str | None = None) -> T:
        return await self.writing.run(unit, tenant)

    async def shed_old_pages(self) -> None:
        await asyncio.to_thread(shed, self._config)

    async def ping(self) -> None:
        await self.read(_ask)


@asynccontextmanager
async def open_sqlite(config: DatabaseConfig) -> AsyncIterator[SQLiteDatabase]:
    database = SQLiteDatabase(config)
    try:
        # The writer first: it turns the file into WAL mode, which the readers then find.
        await database.writing.start()
        await database.reading.start()
        yield database
    finally:
        await database.reading.close()
        await database.writing.close()
        database.engine.dispose()


async def _ask(transaction: Transaction) -> None:
    await transaction.execute(sqlalchemy.select(sqlalchemy.literal(1)))
