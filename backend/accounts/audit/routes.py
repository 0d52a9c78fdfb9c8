"""The routes of the audit trail."""

from backend.accounts.audit import reports
from backend.accounts.audit.acting import AUDIT
from backend.accounts.audit.chained import Record
from backend.accounts.audit.checkpoint import FORM
from backend.accounts.audit.reports import Detail
from backend.accounts.audit.schemas import AuditPath, CheckpointShown, EventShown, EventsQuery, EventsShown
from backend.accounts.audit.store import Narrowed
from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.keys import DATABASE
from backend.web.paging import Cursors
from backend.web.route import Route

EVENTS = "/api/v1/tenants/{tenant_id}/audit"
CHECKPOINT = f"{EVENTS}/checkpoint"

_BY_NUMBER = Cursors("audit", int)


async def get_events(call: Call[None, EventsQuery, AuditPath]) -> Answer:
    query, tenant_id = call.query, call.params.tenant_id
    narrowed = Narrowed(query.kind or "", query.subject_id or "", oldest_first=query.order == "oldest_first")
    marks = (tenant_id, narrowed.kind, narrowed.subject_id, query.order)
    position = _BY_NUMBER.read(query, *marks)
    beyond = None if position is None else int(position[0])

    async def unit(tx: Transaction) -> EventsShown:
        found = await reports.page(tx, tenant_id, narrowed, beyond, query.limit + 1)
        page = _BY_NUMBER.page(found, [(record.number,) for record, _ in found], query, *marks)
        return EventsShown(tuple(_shown(*each) for each in page.rows), page.next)

    return Answer(200, await call.app[DATABASE].read(unit, tenant=call.tenant))


async def get_checkpoint(call: Call[None, None, AuditPath]) -> Answer:
    made = await reports.checkpoint(call.app[DATABASE], call.app[AUDIT], call.params.tenant_id)
    shown = CheckpointShown(
        form=FORM,
        tenant_id=made.tenant_id,
        number=made.number,
        tag=made.tag.hex(),
        at=made.at,
        lines_sha256=None,
        public_key=made.public_key.hex(),
        signature=made.signature.hex(),
    )
    return Answer(200, shown)


def _shown(record: Record, detail: Detail) -> EventShown:
    return EventShown(
        number=record.number,
        at=record.at,
        kind=record.kind,
        actor_kind=record.actor_kind,
        actor_id=record.actor_id,
        subject_id=record.subject_id,
        detail=detail,
    )


ROUTES = (
    Route(
        method="GET",
        path=EVENTS,
        handler=get_events,
        params=AuditPath,
        query=EventsQuery,
        answers={200: EventsShown},
        permission="audit.read",
        rate_class="read",
        summary="Who did what, a page at a time, the newest first unless asked otherwise",
    ),
    Route(
        method="GET",
        path=CHECKPOINT,
        handler=get_checkpoint,
        params=AuditPath,
        answers={200: CheckpointShown},
        permission="audit.export",
        rate_class="read",
        summary="Check the whole trail, and sign where it ends, to be kept elsewhere",
    ),
)
