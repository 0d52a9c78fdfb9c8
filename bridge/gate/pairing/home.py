"""Whose a device becomes where nobody says it: a creator alone at their machine has no districts and schools."""

from typing import Final

from backend.accounts.audit.teller import Teller
from backend.accounts.tenants import service as tenants
from backend.accounts.tenants.schemas import NewTenant
from backend.accounts.tenants.store import Tenant
from backend.db.unit import Transaction
from backend.errors import Conflict
from bridge.gate.identity import store as identity

NAME: Final = "Home"
_ENOUGH: Final = 10


async def only_tenant(tx: Transaction) -> Tenant | None:
    """Return the one tenant there is, None where there is none; Conflict where there are several."""
    found = [each for each in await tenants.page(tx, None, _ENOUGH) if each.state != "deleting"]
    if len(found) > 1:
        raise Conflict("There are several districts and schools: say with --tenant which; toolboxai tenants list.")
    return found[0] if found else None


async def only_or_home(tx: Transaction, by: Teller) -> Tenant:
    """Return the one tenant there is, or make it."""
    # One at a time, so that two who begin at once get the same.
    await identity.hold(tx)
    return await only_tenant(tx) or await tenants.create(tx, by, NewTenant("school", NAME))
