"""The outbox kind `tenant.delete`: everything that a tenant has goes, in steps that may be repeated."""

from collections.abc import Callable
from typing import Final

from backend.accounts.audit.event import Actor, Event
from backend.accounts.audit.ids import PLATFORM, as_id
from backend.accounts.audit.kinds import TenantDeleted
from backend.accounts.audit.service import ERASED_AT_ONCE, AuditTrail
from backend.accounts.audit.words import SystemPart
from backend.accounts.tenants import store
from backend.db.fresh import OutboxRow
from backend.db.handlers import Handler
from backend.db.tenancy.rows import delete_some
from backend.db.tenancy.tables import tables_that_go, tenant_tables
from backend.db.unit import Database, Transaction
from backend.sealing.vault import Vault

# So many rows at once: others wait for the writer of SQLite meanwhile.
ROWS_AT_ONCE: Final = 500
LIMIT_SECONDS: Final = 600.0
_BY: Final = Actor.system(SystemPart.OUTBOX)


def handler(database: Callable[[], Database], vault: Callable[[], Vault], trail: Callable[[], AuditTrail]) -> Handler:
    async def delete_tenant(row: OutboxRow) -> None:
        tenant_id = row.body["tenant_id"]
        if not isinstance(tenant_id, str):
            raise TypeError("the row names no tenant")
        for name in _tables_with_something():
            await _empty(database(), name, tenant_id)
        await database().write(lambda tx: _forget(tx, vault(), trail(), tenant_id), tenant=tenant_id)
        # Last, when nothing can happen in it any more: an event of now would begin another trail.
        while await database().write(lambda tx: trail().erase(tx, tenant_id, _BY)) == ERASED_AT_ONCE:
            pass

    return delete_tenant


def _tables_with_something() -> list[str]:
    """Return the names of what holds rows of a tenant: look-ups first, then what refers to others before these."""
    from backend.db.migrations.tables import metadata  # noqa: PLC0415 - it imports every model, this domain's too

    own = reversed(tenant_tables(metadata()))
    return [table.name for table in (*tables_that_go(metadata()), *own)]


async def _empty(database: Database, name: str, tenant_id: str) -> None:
    from backend.db.migrations.tables import metadata  # noqa: PLC0415 - it imports every model, this domain's too

    async def unit(tx: Transaction) -> int:
        return await delete_some(tx, metadata().tables[name], tenant_id, at_most=ROWS_AT_ONCE)

    while await database.write(unit, tenant=tenant_id) == ROWS_AT_ONCE:
        pass


async def _forget(tx: Transaction, vault: Vault, trail: AuditTrail, tenant_id: str) -> None:
    """Keep no more than that there was a tenant of this id."""
    await vault.destroy(tx, tenant_id)
    found = await store.find(tx, tenant_id, for_update=True)
    if found is not None and found.state != "deleted":
        await store.change(tx, tenant_id, {"state": "deleted", "name": "", "limits": "{}"})
        await trail.record(tx, PLATFORM, Event(_BY, TenantDeleted(as_id(tenant_id))))
