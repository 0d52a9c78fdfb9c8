"""What a service tells the trail with: the trail, and who acts."""

from dataclasses import dataclass

from backend.accounts.audit.detail import Detail
from backend.accounts.audit.event import Actor, Event
from backend.accounts.audit.ids import PLATFORM, Id
from backend.accounts.audit.service import AuditTrail
from backend.db.unit import Transaction


@dataclass(frozen=True, slots=True)
class Teller:
    """Every function of a service that changes something takes one, so that a caller has to say who acts."""

    trail: AuditTrail
    actor: Actor

    async def tell(
        self,
        tx: Transaction,
        tenant_id: str,
        detail: Detail,
        *,
        subject_id: Id | None = None,
        platform_too: bool = False,
    ) -> None:
        """Record it in the unit that makes the change, as the last thing that this writes.

        `platform_too` is for what whoever runs the platform answers for: it outlives the trail of the tenant.
        """
        event = Event(self.actor, detail, subject_id)
        await self.trail.record(tx, tenant_id, event)
        if platform_too:
            await self.trail.record(tx, PLATFORM, event)
