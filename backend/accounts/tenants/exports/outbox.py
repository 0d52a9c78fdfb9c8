"""The outbox kinds `tenant.export` and `tenant.export_end`: the file is made, and goes when its time is over."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

from backend.accounts.audit.event import Actor, Event
from backend.accounts.audit.ids import as_id
from backend.accounts.audit.kinds import ExportMade
from backend.accounts.audit.service import AuditTrail
from backend.accounts.audit.words import ExportKind, SystemPart
from backend.accounts.people.service import People
from backend.accounts.tenants.exports import store
from backend.accounts.tenants.exports.folder import KEPT_SECONDS, ExportFolder, in_thread
from backend.accounts.tenants.exports.making import Making
from backend.accounts.tenants.exports.packing import ExportTooLarge
from backend.accounts.tenants.exports.service import LARGEST_BYTES
from backend.db.fresh import OutboxRow
from backend.db.handlers import Handler
from backend.db.outbox import enqueue
from backend.db.outbox_queue import ATTEMPTS
from backend.db.unit import Database, Transaction
from backend.sealing.vault import Vault

END: Final = "tenant.export_end"
LIMIT_SECONDS: Final = 600.0
_BY: Final = Actor.system(SystemPart.OUTBOX)


def making(
    database: Callable[[], Database],
    vault: Callable[[], Vault],
    people: Callable[[], People],
    trail: Callable[[], AuditTrail],
    folder: ExportFolder,
    *,
    largest_bytes: int = LARGEST_BYTES,
) -> Handler:
    async def make(row: OutboxRow) -> None:
        tenant_id, export_id = _named(row)
        await in_thread(folder.sweep)
        found = await database().read(lambda tx: store.find(tx, tenant_id, export_id), tenant=tenant_id)
        if found is None:
            # Of a run that was killed before, while the tenant went.
            await in_thread(lambda: folder.remove(tenant_id, export_id))
        if found is None or found.state != "wanted":
            return
        if row.attempts >= ATTEMPTS:
            # The last try is not made: nobody would be left to say that it failed.
            await database().write(lambda tx: store.failed(tx, tenant_id, export_id, "gave_up"), tenant=tenant_id)
            return
        started = Making(database(), vault(), people(), tenant_id)
        try:
            records = await _write(started, folder, tenant_id, export_id, largest_bytes)
        except ExportTooLarge:
            await database().write(lambda tx: store.failed(tx, tenant_id, export_id, "too_large"), tenant=tenant_id)
            return
        size, digest = await in_thread(lambda: folder.measure(tenant_id, export_id))

        async def unit(tx: Transaction) -> bool:
            found = await store.find(tx, tenant_id, export_id, for_update=True)
            if found is None or found.state != "wanted":
                return False
            await store.ready(tx, tenant_id, export_id, size, digest, kept_seconds=KEPT_SECONDS)
            body = {"tenant_id": tenant_id, "export_id": export_id}
            await enqueue(tx, END, body, tenant_id=tenant_id, delay_seconds=KEPT_SECONDS)
            await trail().record(tx, tenant_id, Event(_BY, ExportMade(as_id(export_id), ExportKind.TENANT, records)))
            return True

        if not await database().write(unit, tenant=tenant_id):
            await in_thread(lambda: folder.remove(tenant_id, export_id))

    return make


async def _write(started: Making, folder: ExportFolder, tenant_id: str, export_id: str, largest_bytes: int) -> int:
    with ExitStack() as whole:
        file = await in_thread(lambda: whole.enter_context(folder.writing(tenant_id, export_id)))
        records = await started.write(file, largest_bytes=largest_bytes)
        # What puts it in place waits for the disk.
        await in_thread(whole.close)
        return records


def ending(folder: ExportFolder) -> Handler:
    async def end(row: OutboxRow) -> None:
        tenant_id, export_id = _named(row)
        await in_thread(lambda: folder.remove(tenant_id, export_id))
        await in_thread(folder.sweep)

    return end


def with_files_gone(delete_tenant: Handler, folder: ExportFolder) -> Handler:
    """Have the files go with their tenant: after its rows, as an export that finds its row gone adds no file."""

    async def delete(row: OutboxRow) -> None:
        await delete_tenant(row)
        tenant_id = row.body["tenant_id"]
        if isinstance(tenant_id, str):
            await in_thread(lambda: folder.remove_tenant(tenant_id))

    return delete


def _named(row: OutboxRow) -> tuple[str, str]:
    tenant_id, export_id = row.body["tenant_id"], row.body["export_id"]
    if not isinstance(tenant_id, str) or not isinstance(export_id, str):
        raise TypeError("the row names no export")
    return tenant_id, export_id
