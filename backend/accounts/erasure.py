"""What accounts take away of a person who is erased."""

from collections.abc import Callable
from functools import partial
from typing import Final

from backend.accounts.people import store as people
from backend.accounts.people.grants import store as grants
from backend.accounts.people.grants.service import COUNTED
from backend.accounts.people.invitations import address
from backend.accounts.people.service import People
from backend.accounts.signin import email_address
from backend.accounts.signin.links import store as links
from backend.accounts.signin.sessions import store as sessions
from backend.accounts.tenants import service as tenants
from backend.accounts.tenants import store as tenants_store
from backend.compliance.erasure import Step
from backend.db import claims, outbox_admin
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Database, Transaction
from backend.sealing.vault import Vault

_AT_ONCE: Final = 100


def steps(rights: Callable[[], RightsChanges], vault: Callable[[], Vault]) -> tuple[Step, ...]:
    """Return the steps in their order: what lets somebody in goes first, what says who they are last."""
    return (
        Step("signins", partial(_signins, rights)),
        Step("invitations", partial(_invitations, vault)),
        Step("memberships", _memberships),
        Step("people", _people),
        Step("requests", _requests),
    )


async def _signins(rights: Callable[[], RightsChanges], database: Database, _tenant: str | None, person_id: str) -> int:
    async def unit(tx: Transaction) -> int:
        # First of all, so that no sign-in is begun and no invitation taken between this step and the last.
        await people.stop(tx, person_id)
        ended = await sessions.end_all(tx, person_id)
        ended += await links.remove(tx, "reset", person_id)
        await rights().changed(tx)
        return ended

    return await database.write(unit)


async def _invitations(vault: Callable[[], Vault], database: Database, _tenant: str | None, person_id: str) -> int:
    """Take back what was sent to their address: it names them, and no account."""
    stored = await database.read(partial(people.find, person_id=person_id))
    if stored is None or stored.email is None:
        return 0
    lookup = email_address.parse(People(vault()).opened(stored).email).lookup
    taken, after = 0, ""
    while found := await database.read(partial(tenants_store.page, parent_id=None, after=(after,), limit=_AT_ONCE)):
        after = found[-1].id
        for tenant in found:
            taken += await database.write(
                partial(address.take_back, vault(), tenant_id=tenant.id, lookup=lookup), tenant=tenant.id
            )
    return taken


async def _memberships(database: Database, _tenant: str | None, person_id: str) -> int:
    gone = 0
    for tenant_id in await database.read(partial(people.tenants_of, person_id=person_id)):

        async def unit(tx: Transaction, tenant_id: str = tenant_id) -> int:
            found = await grants.forget_held(tx, tenant_id, person_id)
            if await grants.remove_member(tx, tenant_id, person_id):
                found += 1
                await tenants.give_back(tx, tenant_id, COUNTED)
            await people.remove_tenant(tx, person_id, tenant_id)
            return found

        gone += await database.write(unit, tenant=tenant_id)
    return gone


async def _people(database: Database, _tenant: str | None, person_id: str) -> int:
    return await database.write(lambda tx: people.erase(tx, person_id))


async def _requests(database: Database, _tenant: str | None, person_id: str) -> int:
    """Take the answers that were kept for them, and the work that was done for them; what waits is for nobody now."""

    async def unit(tx: Transaction) -> int:
        return await claims.forget(tx, "person", person_id) + await outbox_admin.forget(tx, person_id)

    return await database.write(unit)
