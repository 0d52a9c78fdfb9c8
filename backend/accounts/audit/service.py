"""Writing the audit trail."""

from dataclasses import dataclass, replace
from typing import Final

from backend.accounts.audit import store
from backend.accounts.audit.chained import Record, tag_of
from backend.accounts.audit.event import Actor, Event
from backend.accounts.audit.ids import PLATFORM, as_digest, as_id, check_tenant
from backend.accounts.audit.keys import AuditKeys
from backend.accounts.audit.kinds import KINDS, TrailErased
from backend.db.unit import Transaction

ERASED_AT_ONCE: Final = 1000


@dataclass(frozen=True, slots=True)
class AuditTrail:
    keys: AuditKeys

    async def record(self, tx: Transaction, tenant_id: str, event: Event) -> int:
        """Append the event to the trail of a tenant, or of PLATFORM; return its number.

        It is kept or undone with the unit. Until that ends, others who append to the same trail wait: call it late in
        the unit, and where one unit writes into two trails, into that of PLATFORM last.
        """
        check_tenant(tenant_id)
        kind, detail = KINDS.name_of(event.detail), KINDS.canonical(event.detail)
        key = self.keys.current()
        place = await store.take_place(tx, tenant_id)
        untagged = Record(
            tenant_id=tenant_id,
            number=place.number,
            at=place.at,
            kind=kind,
            actor_kind=event.actor.kind.value,
            actor_id=event.actor.id,
            subject_id=event.subject_id,
            detail=detail,
            key_version=key.version,
            previous=place.previous,
            tag=b"",
        )
        await store.append(tx, replace(untagged, tag=tag_of(untagged, key)))
        return place.number

    async def erase(self, tx: Transaction, tenant_id: str, actor: Actor, *, at_most: int = ERASED_AT_ONCE) -> int:
        """Delete records of a tenant whose time is over, the trail as a whole; return how many went.

        Others wait for the writer of SQLite meanwhile, so it is done in units until less than `at_most` went. In the
        first the trail ends: its head goes, and a record of PLATFORM keeps how many there were and the last tag.
        PLATFORM's own trail is not deleted.
        """
        tenant = as_id(tenant_id)
        last = await store.head(tx, tenant, for_update=True)
        if last is not None:
            await store.delete_head(tx, tenant)
            await self.record(tx, PLATFORM, Event(actor, TrailErased(tenant, last.number, as_digest(last.tag))))
        return await store.delete_some(tx, tenant, at_most=at_most)
