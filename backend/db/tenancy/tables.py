"""Which tables belong to tenants, and the rules that such a table keeps.

A table belongs to tenants unless its model gives a reason why not. So a new table is guarded from its first day, and
one that is not stands in the list of `global_tables`, which docs/tenancy.md shows.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import MetaData, Table

TENANT_ID: Final = "tenant_id"
# It goes into SQL as a literal, so nothing but these letters may come so far.
_TENANT: Final = re.compile(r"[0-9a-z]{1,26}")
_REASON: Final = "belongs to no tenant because"
_GOES: Final = "its rows that name a tenant go with it"


def global_table(reason: str, *, goes_with_tenant: bool = False) -> dict[str, Any]:
    """Return the arguments of a table that belongs to no tenant, though its rows may say whose they are."""
    return {"info": {_REASON: reason, _GOES: goes_with_tenant}}


def is_global(table: Table) -> bool:
    return _REASON in table.info


def global_tables(metadata: MetaData) -> Mapping[str, str]:
    """Return each table that belongs to no tenant, with its reason."""
    return {table.name: table.info[_REASON] for table in metadata.sorted_tables if is_global(table)}


def tables_that_go(metadata: MetaData) -> list[Table]:
    """Return the tables of no tenant whose rows that name one go when it is deleted."""
    return [table for table in metadata.sorted_tables if table.info.get(_GOES)]


def tenant_tables(metadata: MetaData) -> list[Table]:
    return [table for table in metadata.sorted_tables if not is_global(table)]


def is_tenant_id(text: str) -> bool:
    return _TENANT.fullmatch(text) is not None


def faults(metadata: MetaData) -> Iterator[str]:
    """Say what a table of tenants has wrong: rows of two tenants could meet in it."""
    for table in tenant_tables(metadata):
        if [column.name for column in table.primary_key][:1] != [TENANT_ID]:
            yield f"{table.name} has no primary key that begins with {TENANT_ID}"
        for key in table.foreign_key_constraints:
            pairs = [(element.parent.name, element.column) for element in key.elements]
            is_tied = any(name == TENANT_ID and column.name == TENANT_ID for name, column in pairs)
            if not is_global(key.referred_table) and not is_tied:
                yield f"{table.name} refers to {key.referred_table.name} without the tenant of both"
