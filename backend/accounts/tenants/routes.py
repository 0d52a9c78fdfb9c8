"""The routes of tenants."""

from backend.accounts.audit.acting import teller_of
from backend.accounts.tenants import service
from backend.accounts.tenants.limits import Limits
from backend.accounts.tenants.schemas import (
    NewTenant,
    TenantChange,
    TenantPath,
    TenantShown,
    TenantsShown,
    UseShown,
)
from backend.accounts.tenants.store import Tenant
from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.keys import DATABASE, RIGHTS
from backend.web.paging import Cursors, PageQuery
from backend.web.route import IdempotentBy, Route

TENANTS = "/api/v1/tenants"
TENANT = f"{TENANTS}/{{tenant_id}}"
SCHOOLS = f"{TENANT}/schools"
LIMITS = f"{TENANT}/limits"
USE = f"{TENANT}/use"
SUSPENSION = f"{TENANT}/suspension"

_BY_AGE = Cursors("tenants", str)


async def get_tenants(call: Call[None, PageQuery, None]) -> Answer:
    return Answer(200, await _page(call, call.query, None))


async def get_schools(call: Call[None, PageQuery, TenantPath]) -> Answer:
    return Answer(200, await _page(call, call.query, call.params.tenant_id))


async def post_tenant(call: Call[NewTenant, None, None], tx: Transaction) -> Answer:
    made = await service.create(tx, teller_of(call), call.body)
    return _answer(made, 201, (("Location", TENANT.format(tenant_id=made.id)),))


async def get_tenant(call: Call[None, None, TenantPath]) -> Answer:
    async def unit(tx: Transaction) -> Tenant:
        return await service.tenant(tx, call.params.tenant_id)

    return _answer(await call.app[DATABASE].read(unit, tenant=call.tenant))


async def patch_tenant(call: Call[TenantChange, None, TenantPath], tx: Transaction) -> Answer:
    return _answer(await service.change(tx, teller_of(call), call.params.tenant_id, call.body, call.version))


async def get_use(call: Call[None, None, TenantPath]) -> Answer:
    async def unit(tx: Transaction) -> tuple[Limits, Tenant]:
        return await service.use(tx, call.params.tenant_id)

    used, tenant = await call.app[DATABASE].read(unit, tenant=call.tenant)
    return Answer(200, UseShown(used, tenant.limits), version=tenant.version)


async def put_limits(call: Call[Limits, None, TenantPath], tx: Transaction) -> Answer:
    return _answer(await service.set_limits(tx, teller_of(call), call.params.tenant_id, call.body, call.version))


async def put_suspension(call: Call[None, None, TenantPath], tx: Transaction) -> Answer:
    return _answer(await service.suspend(tx, teller_of(call), call.app[RIGHTS], call.params.tenant_id))


async def delete_suspension(call: Call[None, None, TenantPath], tx: Transaction) -> Answer:
    return _answer(await service.resume(tx, teller_of(call), call.app[RIGHTS], call.params.tenant_id))


async def delete_tenant(call: Call[None, None, TenantPath], tx: Transaction) -> Answer:
    return _answer(await service.delete(tx, teller_of(call), call.app[RIGHTS], call.params.tenant_id), 202)


async def _page(
    call: Call[None, PageQuery, None] | Call[None, PageQuery, TenantPath], query: PageQuery, parent_id: str | None
) -> TenantsShown:
    after = _BY_AGE.read(query, parent_id or "")

    async def unit(tx: Transaction) -> TenantsShown:
        found = await service.page(tx, after, query.limit + 1, parent_id=parent_id)
        page = _BY_AGE.page(found, [(each.id,) for each in found], query, parent_id or "")
        return TenantsShown(tuple(map(_shown, page.rows)), page.next)

    return await call.app[DATABASE].read(unit, tenant=call.tenant)


def _answer(tenant: Tenant, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(status, _shown(tenant), headers, version=tenant.version)


def _shown(tenant: Tenant) -> TenantShown:
    return TenantShown(
        tenant.id,
        tenant.kind,
        tenant.parent_id,
        tenant.name,
        tenant.state,
        tenant.locale,
        tenant.time_zone,
        tenant.created_at,
    )


ROUTES = (
    Route(
        method="GET",
        path=TENANTS,
        handler=get_tenants,
        query=PageQuery,
        answers={200: TenantsShown},
        permission="tenant.list",
        rate_class="read",
        summary="The districts and schools, a page at a time",
    ),
    Route(
        method="POST",
        path=TENANTS,
        handler=post_tenant,
        request=NewTenant,
        answers={201: TenantShown},
        permission="tenant.create",
        rate_class="write",
        idempotent_by=IdempotentBy.KEY,
        versioned=True,
        summary="Create a district or a school",
    ),
    Route(
        method="GET",
        path=TENANT,
        handler=get_tenant,
        params=TenantPath,
        answers={200: TenantShown},
        permission="tenant.read",
        rate_class="read",
        versioned=True,
        summary="One district or school",
    ),
    Route(
        method="PATCH",
        path=TENANT,
        handler=patch_tenant,
        params=TenantPath,
        request=TenantChange,
        answers={200: TenantShown},
        permission="tenant.update",
        rate_class="write",
        idempotent_by=IdempotentBy.VERSION,
        versioned=True,
        summary="Change its name, language or time zone",
    ),
    Route(
        method="DELETE",
        path=TENANT,
        handler=delete_tenant,
        params=TenantPath,
        answers={202: TenantShown},
        permission="tenant.delete",
        rate_class="write",
        idempotent_by=IdempotentBy.STATE,
        versioned=True,
        summary="Delete it with everything it has; this goes on after the answer",
    ),
    Route(
        method="GET",
        path=SCHOOLS,
        handler=get_schools,
        params=TenantPath,
        query=PageQuery,
        answers={200: TenantsShown},
        permission="tenant.read",
        rate_class="read",
        summary="The schools of a district, a page at a time",
    ),
    Route(
        method="GET",
        path=USE,
        handler=get_use,
        params=TenantPath,
        answers={200: UseShown},
        permission="tenant.read",
        rate_class="read",
        versioned=True,
        summary="How much it has of each thing, and how much it may have",
    ),
    Route(
        method="PUT",
        path=LIMITS,
        handler=put_limits,
        params=TenantPath,
        request=Limits,
        answers={200: TenantShown},
        permission="tenant.limit",
        rate_class="write",
        idempotent_by=IdempotentBy.VERSION,
        versioned=True,
        summary="Set how much it may have",
    ),
    Route(
        method="PUT",
        path=SUSPENSION,
        handler=put_suspension,
        params=TenantPath,
        answers={200: TenantShown},
        permission="tenant.suspend",
        rate_class="write",
        idempotent_by=IdempotentBy.STATE,
        versioned=True,
        summary="Suspend it: its keys and people do nothing in it until it goes on",
    ),
    Route(
        method="DELETE",
        path=SUSPENSION,
        handler=delete_suspension,
        params=TenantPath,
        answers={200: TenantShown},
        permission="tenant.suspend",
        rate_class="write",
        idempotent_by=IdempotentBy.STATE,
        versioned=True,
        summary="Let it go on",
    ),
)
