"""The rules of members and grants: who belongs to a tenant, and what they hold in it."""

from collections.abc import Sequence
from typing import Final

from backend.accounts.audit.event import Actor
from backend.accounts.audit.ids import Id, as_id
from backend.accounts.audit.kinds import (
    GrantGiven,
    GrantWithdrawn,
    MemberResumed,
    MemberSuspended,
    PersonRenamed,
)
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import GrantScope, Role
from backend.accounts.people import store as people
from backend.accounts.people.grants import store
from backend.accounts.people.grants.places import ADMINISTRATORS, check_place
from backend.accounts.people.grants.schemas import NewGrant
from backend.accounts.people.grants.store import Member, StoredGrant
from backend.accounts.people.matrix import Matrix
from backend.accounts.people.service import People
from backend.accounts.tenants import service as tenants
from backend.accounts.tenants.store import Tenant
from backend.db.now import now_milliseconds
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from backend.errors import NOTHING_HERE, Conflict, Forbidden, NotFound
from backend.ids import new_id

COUNTED: Final = "people"
_DAY_MILLISECONDS: Final = 86_400_000


async def member(tx: Transaction, tenant_id: str, person_id: str) -> Member:
    found = await store.member(tx, tenant_id, person_id)
    if found is None:
        raise NotFound(NOTHING_HERE)
    return found


async def join(tx: Transaction, tenant_id: str, person_id: str) -> None:
    """Make somebody a member; LimitReached where a tenant has as many people as it may."""
    if await store.add_member(tx, tenant_id, person_id):
        await tenants.take(tx, tenant_id, COUNTED)
        await people.add_tenant(tx, person_id, tenant_id)


async def give(  # noqa: PLR0917 - who gives whom what where
    tx: Transaction, by: Teller, rights: RightsChanges, matrix: Matrix, tenant_id: str, wanted: NewGrant
) -> StoredGrant:
    """Give a member a role; nobody gives one to themselves."""
    tenant = await tenants.tenant(tx, tenant_id)
    now = await now_milliseconds(tx)
    check_place(matrix, wanted.role, tenant_kind=tenant.kind, class_id=wanted.class_id, until=wanted.until, now=now)
    if by.actor == Actor.person(as_id(wanted.person_id)):
        raise Forbidden("Nobody gives a role to themselves; ask another administrator.")
    await member(tx, tenant_id, wanted.person_id)
    if any(
        (each.role, each.class_id) == (wanted.role, wanted.class_id)
        for each in await store.of_person(tx, tenant_id, wanted.person_id)
    ):
        raise Conflict("They hold this role there already; withdraw it before you give it anew.")
    return await add(tx, by, rights, tenant, wanted)


async def add(tx: Transaction, by: Teller, rights: RightsChanges, tenant: Tenant, wanted: NewGrant) -> StoredGrant:
    """Keep a grant whose place was checked."""
    given = await store.add(
        tx,
        tenant.id,
        new_id(),
        wanted.person_id,
        wanted.role,
        class_id=wanted.class_id,
        until=wanted.until,
        by=(by.actor.kind.value, by.actor.id),
    )
    await rights.changed(tx)
    scope, scope_id = _place(tenant, given.class_id)
    detail = GrantGiven(as_id(given.id), Role(given.role), scope, scope_id, _days(given))
    await by.tell(tx, tenant.id, detail, subject_id=as_id(given.person_id))
    return given


async def withdraw(tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str, grant_id: str) -> None:
    """Take a role away at once, if it is there; the last administrator of a tenant stays one."""
    tenant = await tenants.hold(tx, tenant_id)
    found = await store.find(tx, tenant_id, grant_id)
    if found is None:
        return
    await _keep_an_administrator(tx, tenant_id, found.person_id, [found])
    await store.withdraw(tx, tenant_id, grant_id)
    await rights.changed(tx)
    scope, scope_id = _place(tenant, found.class_id)
    detail = GrantWithdrawn(as_id(found.id), Role(found.role), scope, scope_id)
    await by.tell(tx, tenant_id, detail, subject_id=as_id(found.person_id))


async def suspend(tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str, person_id: str) -> Member:
    """Let what somebody holds in a tenant give nothing; nothing is lost."""
    await tenants.hold(tx, tenant_id)
    found = await member(tx, tenant_id, person_id)
    if found.suspended_at is None:
        held = await store.of_person(tx, tenant_id, person_id)
        await _keep_an_administrator(tx, tenant_id, person_id, held)
        await store.suspend_member(tx, tenant_id, person_id, suspended=True)
        await rights.changed(tx)
        await by.tell(tx, tenant_id, MemberSuspended(), subject_id=as_id(person_id))
    return await member(tx, tenant_id, person_id)


async def resume(tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str, person_id: str) -> Member:
    if (await member(tx, tenant_id, person_id)).suspended_at is not None:
        await store.suspend_member(tx, tenant_id, person_id, suspended=False)
        await rights.changed(tx)
        await by.tell(tx, tenant_id, MemberResumed(), subject_id=as_id(person_id))
    return await member(tx, tenant_id, person_id)


async def only_here(tx: Transaction, tenant_id: str, person_id: str) -> Member:
    """Return a member of whose account this tenant may decide: it is nobody else's too."""
    found = await member(tx, tenant_id, person_id)
    if list(await people.tenants_of(tx, person_id)) != [tenant_id] or await people.platform_roles(tx, person_id):
        raise Conflict("This account belongs to others too, so only its owner changes that.")
    return found


async def rename(tx: Transaction, by: Teller, everybody: People, tenant_id: str, person_id: str, name: str) -> None:  # noqa: PLR0917
    found = await only_here(tx, tenant_id, person_id)
    if everybody.opened(found.person).name == name:
        return
    await everybody.rename(tx, found.person, name)
    await by.tell(tx, tenant_id, PersonRenamed(), subject_id=as_id(person_id))


async def _keep_an_administrator(
    tx: Transaction, tenant_id: str, person_id: str, losing: Sequence[StoredGrant]
) -> None:
    for grant in losing:
        counts = grant.role in ADMINISTRATORS and grant.class_id is None and grant.until is None
        if counts and not await store.has_another_with(tx, tenant_id, grant.role, but=person_id):
            raise Conflict("This is the last administrator; give somebody else the role first.")


def _place(tenant: Tenant, class_id: str | None) -> tuple[GrantScope, Id]:
    if class_id is not None:
        return GrantScope.CLASS, as_id(class_id)
    return GrantScope(tenant.kind), as_id(tenant.id)


def _days(grant: StoredGrant) -> int | None:
    return None if grant.until is None else max(0, (grant.until - grant.given_at) // _DAY_MILLISECONDS)
