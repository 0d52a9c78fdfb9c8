"""The database's clock: leases and due times are compared by many processes, whose own clocks differ."""

from typing import Any, Final

from sqlalchemy import BigInteger, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from backend.db.unit import Transaction


class DatabaseNow(FunctionElement[int]):
    """Milliseconds since 1970 by the database's clock, the same throughout one statement."""

    type = BigInteger()
    inherit_cache = True


@compiles(DatabaseNow, "sqlite")
def _sqlite(_element: DatabaseNow, _compiler: SQLCompiler, **_options: Any) -> str:
    # unixepoch('subsec') came with SQLite 3.42; a Julian day has 0.04 ms to spare in a double.
    return "CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"


@compiles(DatabaseNow, "postgresql")
def _postgresql(_element: DatabaseNow, _compiler: SQLCompiler, **_options: Any) -> str:
    # Not clock_timestamp(), which is volatile and keeps an index from being used; not now(), which stands still while
    # the transaction waits for a lock.
    return "CAST(floor(EXTRACT(EPOCH FROM statement_timestamp()) * 1000) AS BIGINT)"


_NOW: Final = select(DatabaseNow())


async def now_milliseconds(tx: Transaction) -> int:
    """Return what the database's clock says in this unit."""
    return int((await tx.execute(_NOW)).scalar_one())
