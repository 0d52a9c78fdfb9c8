"""The routes of exports."""

from backend.accounts.audit.acting import teller_of
from backend.accounts.tenants.exports import service
from backend.accounts.tenants.exports.folder import EXPORTS, in_thread
from backend.accounts.tenants.exports.schemas import ExportPath, ExportShown, ExportsShown
from backend.accounts.tenants.exports.store import Export
from backend.accounts.tenants.schemas import TenantPath
from backend.db.unit import Transaction
from backend.errors import Conflict
from backend.web.call import Answer, Call
from backend.web.keys import DATABASE
from backend.web.paging import Cursors, PageQuery
from backend.web.route import IdempotentBy, Route

EXPORTS_OF = "/api/v1/tenants/{tenant_id}/exports"
EXPORT = f"{EXPORTS_OF}/{{export_id}}"
FILE = f"{EXPORT}/file"
ZIP = "application/zip"

_BY_AGE = Cursors("exports", str)


async def post_export(call: Call[None, None, TenantPath], tx: Transaction) -> Answer:
    asked = await service.ask(tx, teller_of(call), call.params.tenant_id)
    place = EXPORT.format(tenant_id=call.params.tenant_id, export_id=asked.id)
    return Answer(202, _shown(asked), (("Location", place),))


async def get_exports(call: Call[None, PageQuery, TenantPath]) -> Answer:
    query, tenant_id = call.query, call.params.tenant_id
    position = _BY_AGE.read(query, tenant_id)
    after = "" if position is None else str(position[0])

    async def unit(tx: Transaction) -> ExportsShown:
        found = await service.page(tx, tenant_id, after, query.limit + 1)
        page = _BY_AGE.page(found, [(each.id,) for each in found], query, tenant_id)
        return ExportsShown(tuple(map(_shown, page.rows)), page.next)

    return Answer(200, await call.app[DATABASE].read(unit, tenant=call.tenant))


async def get_export(call: Call[None, None, ExportPath]) -> Answer:
    async def unit(tx: Transaction) -> Export:
        return await service.export(tx, call.params.tenant_id, call.params.export_id)

    return Answer(200, _shown(await call.app[DATABASE].read(unit, tenant=call.tenant)))


async def get_file(call: Call[None, None, ExportPath]) -> Answer:
    tenant_id, export_id = call.params.tenant_id, call.params.export_id

    async def unit(tx: Transaction) -> Export:
        return await service.with_file(tx, tenant_id, export_id)

    found = await call.app[DATABASE].read(unit, tenant=call.tenant)
    folder = call.app[EXPORTS]
    content = await in_thread(lambda: folder.read(tenant_id, export_id, found.sha256 or ""))
    if content is None:
        raise Conflict("The file of this export lies on the host that made it, and not on this one.")
    named = (("Content-Disposition", f'attachment; filename="export-{export_id}.zip"'),)
    return Answer(200, content, named, content_type=ZIP)


def _shown(found: Export) -> ExportShown:
    return ExportShown(
        id=found.id,
        state=found.state,
        problem=service.problem_of(found),
        asked_at=found.asked_at,
        asked_by_kind=found.asked_by_kind,
        asked_by=found.asked_by,
        ready_at=found.ready_at,
        bytes=found.bytes,
        sha256=found.sha256,
        ends_at=found.ends_at,
    )


ROUTES = (
    Route(
        method="GET",
        path=EXPORTS_OF,
        handler=get_exports,
        params=TenantPath,
        query=PageQuery,
        answers={200: ExportsShown},
        permission="tenant.export",
        rate_class="read",
        summary="The exports of a tenant, a page at a time",
    ),
    Route(
        method="POST",
        path=EXPORTS_OF,
        handler=post_export,
        params=TenantPath,
        answers={202: ExportShown},
        permission="tenant.export",
        rate_class="write",
        idempotent_by=IdempotentBy.KEY,
        summary="Have everything a tenant has written to a file; this goes on after the answer",
    ),
    Route(
        method="GET",
        path=EXPORT,
        handler=get_export,
        params=ExportPath,
        answers={200: ExportShown},
        permission="tenant.export",
        rate_class="read",
        summary="How far an export is",
    ),
    Route(
        method="GET",
        path=FILE,
        handler=get_file,
        params=ExportPath,
        answers={200: bytes},
        content_type=ZIP,
        permission="tenant.export",
        rate_class="read",
        summary="The file of an export that is ready, for 72 hours",
    ),
)
