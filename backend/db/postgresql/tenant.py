"""Tells PostgreSQL whose unit a transaction is, in the same trip as its BEGIN: row-level security goes by that."""

from dataclasses import dataclass
from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import Connection
from sqlalchemy.engine.interfaces import IsolationLevel

_BEGIN: Final = "BEGIN"


@dataclass(frozen=True, slots=True)
class Kind:
    """What kind of transaction a unit runs in."""

    isolation: IsolationLevel
    readonly: bool


WRITING: Final = Kind("READ COMMITTED", readonly=False)
# One snapshot for the whole unit, as a reader of SQLite has it.
READING: Final = Kind("REPEATABLE READ", readonly=True)


class TenantConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection whose next transaction begins as a unit of `tenant`."""

    tenant: str | None = None

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109 - the driver's own form
        # The driver begins a transaction with a query of this form alone. SET LOCAL ends with the transaction, so that
        # the next unit of a pooled connection begins as nobody's.
        if self.tenant is not None and query.startswith(_BEGIN):
            query = f"{query.rstrip().removesuffix(';')}; SET LOCAL app.tenant = '{self.tenant}';"
        return str(await super().execute(query, *args, timeout=timeout))


def begin_as(connection: Connection, kind: Kind, tenant: str | None) -> None:
    """Say what the next transaction of a connection is, and whose; the id was checked before.

    All of it is told with BEGIN. SQLAlchemy's own execution options say the same and cost a tenth of a short unit, as
    they are taken back each time; here every unit says it anew.
    """
    adapted = connection.connection.dbapi_connection
    driver = connection.connection.driver_connection
    if not isinstance(driver, TenantConnection):
        raise TypeError("the engine of PostgreSQL has another driver")
    driver.tenant = tenant
    connection.dialect.set_isolation_level(adapted, kind.isolation)  # type: ignore[arg-type]
    connection.dialect.set_readonly(adapted, kind.readonly)  # type: ignore[attr-defined]
