"""The routes of breaking the glass."""

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit.acting import teller_of
from backend.accounts.people.break_glass.schemas import GlassBroken, GlassShown
from backend.accounts.people.grants.schemas import TenantPath
from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.keys import RIGHTS
from backend.web.route import IdempotentBy, Route

BREAK_GLASS = "/api/v1/tenants/{tenant_id}/break-glass"


async def post_break_glass(call: Call[GlassBroken, None, TenantPath], tx: Transaction) -> Answer:
    glass = call.app[ACCOUNTS].break_glass
    given = await glass.open(tx, teller_of(call), call.app[RIGHTS], call.params.tenant_id, call.body)
    return Answer(201, GlassShown(given.id, given.role, given.until or 0))


async def delete_break_glass(call: Call[None, None, TenantPath], tx: Transaction) -> Answer:
    await call.app[ACCOUNTS].break_glass.close(tx, teller_of(call), call.app[RIGHTS], call.params.tenant_id)
    return Answer(204)


ROUTES = (
    Route(
        method="POST",
        path=BREAK_GLASS,
        handler=post_break_glass,
        request=GlassBroken,
        params=TenantPath,
        answers={201: GlassShown},
        permission="glass.break",
        rate_class="write",
        summary="Take a role in a tenant for a while, which its administrators are told",
        idempotent_by=IdempotentBy.KEY,
    ),
    Route(
        method="DELETE",
        path=BREAK_GLASS,
        handler=delete_break_glass,
        params=TenantPath,
        answers={204: None},
        permission="glass.break",
        rate_class="write",
        summary="End the role that was taken",
        idempotent_by=IdempotentBy.STATE,
    ),
)
