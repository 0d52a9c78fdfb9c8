"""What is recorded of an export itself."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backend.accounts.audit.checkpoint import Checkpoint
    from backend.accounts.audit.keys import AuditKeys
    from backend.db.unit import Database, Transaction


async def record_export(database: "Database", keys: "AuditKeys", export_id: str, made: "list[Checkpoint]") -> None:
    """Tell each trail of its records that are in the file, and the platform's of the file, a unit for each trail."""
    from backend.accounts.audit import store
    from backend.accounts.audit.event import Actor, Event
    from backend.accounts.audit.ids import PLATFORM, as_id
    from backend.accounts.audit.kinds import ExportMade
    from backend.accounts.audit.service import AuditTrail
    from backend.accounts.audit.words import ExportKind, SystemPart

    by = Actor.system(SystemPart.COMMAND_LINE)
    counts = {each.tenant_id: each.number for each in made if each.tenant_id != PLATFORM}
    for tenant_id, records in (*counts.items(), (PLATFORM, sum(each.number for each in made))):
        event = Event(by, ExportMade(as_id(export_id), ExportKind.AUDIT, records))

        async def unit(tx: "Transaction", tenant_id: str = tenant_id, event: Event = event) -> None:
            # A tenant that was deleted meanwhile gets no new trail.
            if tenant_id == PLATFORM or await store.head(tx, tenant_id, for_update=True) is not None:
                await AuditTrail(keys).record(tx, tenant_id, event)

        await database.write(unit)
