"""The rules of exports: who asks for one, how many there may be, and when there is a file."""

from collections.abc import Sequence
from typing import Final

from backend.accounts.audit.ids import as_id
from backend.accounts.audit.kinds import ExportAsked
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import ExportKind
from backend.accounts.tenants import service as tenants
from backend.accounts.tenants.exports import store
from backend.accounts.tenants.exports.store import Export
from backend.db.now import now_milliseconds
from backend.db.outbox import enqueue
from backend.db.unit import Transaction
from backend.errors import NOTHING_HERE, Conflict, LimitReached, NotFound
from backend.ids import new_id

MAKING: Final = "tenant.export"
LARGEST_BYTES: Final = 64 * 2**20
"""An answer is sent from memory, so a file may not be larger than a process can spare."""
FILES_AT_ONCE: Final = 5

_PROBLEMS: Final = {
    "too_large": f"Everything together would be a file of more than {LARGEST_BYTES // 2**20} MiB; ask whoever runs the "
    "bridge for it.",
    "gave_up": "It failed each time it was tried; whoever runs the bridge finds the reason in its log.",
}


async def ask(tx: Transaction, by: Teller, tenant_id: str) -> Export:
    """Have everything of a tenant written to a file, one at a time."""
    tenant = await tenants.hold(tx, tenant_id)
    if tenant.state == "deleting":
        raise Conflict("This tenant is being deleted.")
    if await store.running(tx, tenant_id):
        raise LimitReached("An export of this tenant is being made; wait until it is ready.")
    if await store.with_file(tx, tenant_id, now=await now_milliseconds(tx)) >= FILES_AT_ONCE:
        raise LimitReached(f"There are {FILES_AT_ONCE} exports with a file; fetch one of them, or wait for one to end.")
    export_id = new_id()
    made = await store.add(tx, tenant_id, export_id, by=(by.actor.kind.value, by.actor.id))
    body = {"tenant_id": tenant_id, "export_id": export_id}
    # Not in the order of the tenant: its deletion waits for no export, which ends by itself where the tenant does.
    await enqueue(tx, MAKING, body, order_key=order_of(tenant_id), tenant_id=tenant_id)
    await by.tell(tx, tenant_id, ExportAsked(as_id(export_id), ExportKind.TENANT))
    return made


def order_of(tenant_id: str) -> str:
    return f"export {tenant_id}"


async def export(tx: Transaction, tenant_id: str, export_id: str) -> Export:
    found = await store.find(tx, tenant_id, export_id)
    if found is None:
        raise NotFound(NOTHING_HERE)
    return found


async def page(tx: Transaction, tenant_id: str, after: str, limit: int) -> Sequence[Export]:
    return await store.page(tx, tenant_id, after=after, limit=limit)


async def with_file(tx: Transaction, tenant_id: str, export_id: str) -> Export:
    """Return an export whose file may be fetched now."""
    found = await export(tx, tenant_id, export_id)
    if found.state == "wanted":
        raise Conflict("This export is being made; ask again when it is ready.")
    if found.state == "failed":
        raise Conflict(problem_of(found) or "")
    if found.ends_at is None or found.ends_at <= await now_milliseconds(tx):
        raise Conflict("The time of this export is over, and its file is gone; ask for a new one.")
    return found


def problem_of(found: Export) -> str | None:
    return None if found.failure is None else _PROBLEMS[found.failure]
