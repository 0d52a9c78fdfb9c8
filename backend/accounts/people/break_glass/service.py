"""Breaking the glass: an operator takes a role in a tenant for a while, and everybody there is told.

It is the one way in which whoever runs the platform sees what belongs to a tenant. The role counts only with a second
factor, ends by itself, and stands in the trails of the tenant and of the platform.
"""

from datetime import UTC, datetime
from typing import Final

from backend.accounts.audit.ids import as_id
from backend.accounts.audit.kinds import BreakGlassClosed, BreakGlassOpened
from backend.accounts.audit.teller import Teller
from backend.accounts.mail.notices import Notices
from backend.accounts.people import store as people
from backend.accounts.people.break_glass.schemas import GlassBroken
from backend.accounts.people.grants import store
from backend.accounts.people.grants.places import ADMINISTRATORS, check_place
from backend.accounts.people.grants.store import StoredGrant
from backend.accounts.people.matrix import Matrix
from backend.accounts.people.service import People
from backend.accounts.tenants import service as tenants
from backend.db.now import now_milliseconds
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from backend.errors import Conflict
from backend.ids import new_id

# How a grant says that its holder took it: nobody else gives a role to themselves.
TAKEN: Final = "break_glass"
_MINUTE_MILLISECONDS: Final = 60_000
_ADMINISTRATORS_TOLD: Final = 50


class BreakGlass:
    def __init__(self, matrix: Matrix, everybody: People, notices: Notices) -> None:
        self._matrix = matrix
        self._people = everybody
        self._notices = notices

    async def open(
        self, tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str, wanted: GlassBroken
    ) -> StoredGrant:
        """Give an operator a role that ends by itself; Conflict while they hold one that they took before."""
        tenant = await tenants.hold(tx, tenant_id)
        now = await now_milliseconds(tx)
        until = now + wanted.minutes * _MINUTE_MILLISECONDS
        check_place(self._matrix, wanted.role, tenant_kind=tenant.kind, class_id=None, until=until, now=now)
        operator = await self._people.person(tx, by.actor.id)
        if any(each.until is None or each.until > now for each in await self._taken(tx, tenant_id, operator.id)):
            raise Conflict("You hold a role here that you took before; end that first.")
        # A guest is counted nowhere: a tenant whose places are all taken can be helped as well.
        await store.add_member(tx, tenant_id, operator.id)
        await people.add_tenant(tx, operator.id, tenant_id)
        given = await store.add(
            tx,
            tenant_id,
            new_id(),
            operator.id,
            wanted.role,
            class_id=None,
            until=until,
            by=(TAKEN, operator.id),
        )
        await rights.changed(tx)
        for each in await store.holders(tx, tenant_id, ADMINISTRATORS, but=operator.id, at_most=_ADMINISTRATORS_TOLD):
            ends = datetime.fromtimestamp(until / 1000, UTC)
            await self._notices.glass_broken(tx, each, operator.name, wanted.reason.value, wanted.role, ends)
        detail = BreakGlassOpened(as_id(given.id), wanted.reason, wanted.minutes)
        await by.tell(tx, tenant_id, detail, subject_id=as_id(operator.id), platform_too=True)
        return given

    async def close(self, tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str) -> None:
        """End what an operator took, before its time or after it; a second time changes nothing."""
        await tenants.hold(tx, tenant_id)
        operator_id = by.actor.id
        taken = await self._taken(tx, tenant_id, operator_id)
        for each in taken:
            await store.withdraw(tx, tenant_id, each.id)
        if not taken:
            return
        if not await store.of_person(tx, tenant_id, operator_id):
            await store.remove_member(tx, tenant_id, operator_id)
            await people.remove_tenant(tx, operator_id, tenant_id)
        await rights.changed(tx)
        for each in taken:
            detail = BreakGlassClosed(as_id(each.id))
            await by.tell(tx, tenant_id, detail, subject_id=as_id(operator_id), platform_too=True)

    async def _taken(self, tx: Transaction, tenant_id: str, person_id: str) -> list[StoredGrant]:
        held = await store.of_person(tx, tenant_id, person_id)
        return [each for each in held if each.given_by_kind == TAKEN]
