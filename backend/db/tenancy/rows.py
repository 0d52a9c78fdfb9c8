"""Every row of a tenant, whatever the table: for the end of a tenant."""

from sqlalchemy import Table, delete, select, tuple_

from backend.db.tenancy.tables import TENANT_ID
from backend.db.unit import Transaction


async def delete_some(tx: Transaction, table: Table, tenant_id: str, *, at_most: int) -> int:
    """Delete rows of a tenant, and return how many; none is left where they are fewer than asked for."""
    rest = [column for column in table.primary_key if column.name != TENANT_ID]
    some = select(*rest).where(table.c.tenant_id == tenant_id).limit(at_most)
    statement = delete(table).where(table.c.tenant_id == tenant_id, tuple_(*rest).in_(some))
    return (await tx.execute(statement)).rowcount
