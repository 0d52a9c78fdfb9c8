"""Every row of a tenant, whatever the table: for its export, and for its end."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, delete, select, tuple_

from backend.db.tenancy.tables import TENANT_ID
from backend.db.unit import Transaction


async def delete_some(tx: Transaction, table: Table, tenant_id: str, *, at_most: int) -> int:
    """Delete rows of a tenant, and return how many; none is left where they are fewer than asked for."""
    rest = [column for column in table.primary_key if column.name != TENANT_ID]
    some = select(*rest).where(table.c.tenant_id == tenant_id).limit(at_most)
    statement = delete(table).where(table.c.tenant_id == tenant_id, tuple_(*rest).in_(some))
    return (await tx.execute(statement)).rowcount


class Walk:
    """Reads the rows of a tenant in the order of their primary key, some at a time."""

    def __init__(self, table: Table, columns: Sequence[str]) -> None:
        self._rest = tuple(column for column in table.primary_key if column.name != TENANT_ID)
        wanted = {*columns, *(column.name for column in self._rest)}
        some = select(*(column for column in table.columns if column.name in wanted))
        some = some.where(table.c.tenant_id == bindparam("whose")).order_by(*self._rest).limit(bindparam("at_most"))
        after = tuple_(*(bindparam(f"after_{column.name}", type_=column.type) for column in self._rest))
        self._first = some
        self._next = some.where(tuple_(*self._rest) > after)

    async def after(
        self, tx: Transaction, tenant_id: str, last: Mapping[str, Any] | None, *, at_most: int
    ) -> Sequence[Mapping[str, Any]]:
        """Return the rows after one, by the names of their columns; None asks for the first."""
        values: dict[str, object] = {"whose": tenant_id, "at_most": at_most}
        if last is None:
            found = await tx.execute(self._first, values)
        else:
            position = {f"after_{column.name}": last[column.name] for column in self._rest}
            found = await tx.execute(self._next, values | position)
        return [row._asdict() for row in found]
