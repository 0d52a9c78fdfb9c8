"""Tells PostgreSQL whose unit a transaction is, in the same trip as its BEGIN: row-level security goes by that."""

from typing import Any, Final

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy.ext.asyncio import AsyncConnection

_BEGIN: Final = "BEGIN"


class TenantConnection(asyncpg.Connection):  # type: ignore[misc]
    """A connection whose next transaction begins as a unit of `tenant`."""

    tenant: str | None = None

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109 - the driver's own form
        # The driver begins a transaction with a query of this form alone. SET LOCAL ends with the transaction, so that
        # the next unit of a pooled connection begins as nobody's.
        if self.tenant is not None and query.startswith(_BEGIN):
            query = f"{query.rstrip().removesuffix(';')}; SET LOCAL app.tenant = '{self.tenant}';"
        return str(await super().execute(query, *args, timeout=timeout))


async def name_tenant(connection: AsyncConnection, tenant: str | None) -> None:
    """Say whose the next transaction of a connection is; the id was checked before."""
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if not isinstance(driver, TenantConnection):
        raise TypeError("the engine of PostgreSQL has another driver")
    driver.tenant = tenant
