"""The rules of tenants."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from backend.accounts.audit.ids import as_id
from backend.accounts.audit.kinds import (
    TenantChanged,
    TenantCreated,
    TenantDeletionBegun,
    TenantLimited,
    TenantResumed,
    TenantSuspended,
)
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import TenantKind
from backend.accounts.tenants import store
from backend.accounts.tenants.limits import NAMES, Limits, to_text
from backend.accounts.tenants.schemas import NewTenant, TenantChange
from backend.accounts.tenants.store import Tenant
from backend.db.outbox import enqueue
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from backend.errors import NOTHING_HERE, Conflict, LimitReached, NotFound, refused_value
from backend.ids import new_id
from backend.web.precondition import require_version

DELETION = "tenant.delete"


async def create(tx: Transaction, by: Teller, wanted: NewTenant) -> Tenant:
    if wanted.parent_id is not None:
        await _check_parent(tx, wanted)
    made = await store.add(tx, new_id(), wanted.kind, wanted.parent_id, wanted.name, wanted.locale, wanted.time_zone)
    parent = None if made.parent_id is None else as_id(made.parent_id)
    await by.tell(tx, made.id, TenantCreated(as_id(made.id), TenantKind(made.kind), parent), platform_too=True)
    return made


async def _check_parent(tx: Transaction, wanted: NewTenant) -> None:
    parent = await store.find(tx, wanted.parent_id or "", for_update=True)
    fault = None
    if wanted.kind == "district":
        fault = "A district has no parent"
    elif parent is None or parent.kind != "district":
        fault = "This is no district"
    elif parent.state != "active":
        fault = f"This district is {parent.state}"
    if fault is not None:
        raise refused_value("/body/parent_id", fault)


async def tenant(tx: Transaction, tenant_id: str) -> Tenant:
    return _there(await store.find(tx, tenant_id))


async def hold(tx: Transaction, tenant_id: str) -> Tenant:
    """Keep others from changing a tenant, or who administers it, until this unit ends."""
    return _there(await store.find(tx, tenant_id, for_update=True))


async def use(tx: Transaction, tenant_id: str) -> tuple[Limits, Tenant]:
    """Return what a tenant has of each thing that is counted, and the tenant."""
    found = _there(await store.find(tx, tenant_id))
    counted = await store.usage(tx, tenant_id)
    return Limits(**{name: counted.get(name, 0) for name in NAMES}), found


async def page(
    tx: Transaction, after: tuple[int | str, ...] | None, limit: int, *, parent_id: str | None = None
) -> Sequence[Tenant]:
    return await store.page(tx, parent_id=parent_id, after=after, limit=limit)


async def change(tx: Transaction, by: Teller, tenant_id: str, wanted: TenantChange, seen: int | None) -> Tenant:
    values: Mapping[str, object] = {name: value for name, value in asdict(wanted).items() if value is not None}
    before, after = await _changed(tx, tenant_id, values, seen)
    differs = {name: getattr(before, name) != getattr(after, name) for name in asdict(wanted)}
    await by.tell(tx, tenant_id, TenantChanged(as_id(tenant_id), **differs))
    return after


async def set_limits(tx: Transaction, by: Teller, tenant_id: str, limits: Limits, seen: int | None) -> Tenant:
    """Set what a tenant may have; what it has beyond that stays, and nothing is added to it."""
    _, after = await _changed(tx, tenant_id, {"limits": to_text(limits)}, seen)
    await by.tell(tx, tenant_id, TenantLimited(as_id(tenant_id), **asdict(limits)), platform_too=True)
    return after


async def _changed(
    tx: Transaction, tenant_id: str, values: Mapping[str, object], seen: int | None
) -> tuple[Tenant, Tenant]:
    """Return the tenant as it was and as it is."""
    before = _there(await store.find(tx, tenant_id, for_update=True))
    require_version(seen, before.version)
    await store.change(tx, tenant_id, values)
    return before, _there(await store.find(tx, tenant_id))


async def suspend(tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str) -> Tenant:
    """Stop everything that keys and people of a tenant do in it; nothing is lost."""
    return await _turn(tx, by, rights, tenant_id, ("active", "suspended"), TenantSuspended)


async def resume(tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str) -> Tenant:
    return await _turn(tx, by, rights, tenant_id, ("suspended", "active"), TenantResumed)


async def delete(tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str) -> Tenant:
    """Begin to delete a tenant with everything it has; what is left is that there was one."""
    found = _there(await store.find(tx, tenant_id, for_update=True))
    if found.state == "deleting":
        return found
    if await store.schools(tx, tenant_id):
        raise Conflict("This district still has schools; delete them first.")
    await store.change(tx, tenant_id, {"state": "deleting"})
    await rights.changed(tx)
    await enqueue(tx, DELETION, {"tenant_id": tenant_id}, order_key=f"tenant {tenant_id}", tenant_id=tenant_id)
    deleting = _there(await store.find(tx, tenant_id))
    await by.tell(tx, tenant_id, TenantDeletionBegun(as_id(tenant_id)), platform_too=True)
    return deleting


async def take(tx: Transaction, tenant_id: str, name: str) -> None:
    """Count one thing more of a tenant; LimitReached where it has as many as it may.

    Once a deletion has begun nothing is added: what came after its step would stay, and so would a trail begun anew.
    """
    found = _there(await store.find(tx, tenant_id, for_update=True))
    if found.state == "deleting":
        raise Conflict("This tenant is being deleted.")
    allowed = asdict(found.limits)[name]
    if await store.count(tx, tenant_id, name, 1) > allowed:
        raise LimitReached(
            f"There may be {allowed} of these, and there are as many ({name}); remove one, or ask for a higher limit."
        )


async def give_back(tx: Transaction, tenant_id: str, name: str) -> None:
    await store.count(tx, tenant_id, name, -1)


async def _turn(  # noqa: PLR0917
    tx: Transaction,
    by: Teller,
    rights: RightsChanges,
    tenant_id: str,
    turn: tuple[str, str],
    told_as: type[TenantSuspended] | type[TenantResumed],
) -> Tenant:
    """Turn the tenant from one state to another; where it is in the other already nothing happens."""
    old, new = turn
    found = _there(await store.find(tx, tenant_id, for_update=True))
    if found.state not in turn:
        raise Conflict(f"This tenant is {found.state}.")
    if found.state != old:
        return found
    await store.change(tx, tenant_id, {"state": new})
    await rights.changed(tx)
    turned = _there(await store.find(tx, tenant_id))
    await by.tell(tx, tenant_id, told_as(as_id(tenant_id)), platform_too=True)
    return turned


def _there(found: Tenant | None) -> Tenant:
    if found is None or found.state == "deleted":
        raise NotFound(NOTHING_HERE)
    return found
