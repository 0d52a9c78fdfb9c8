"""The product with notes and strokes, in workers that never ask the database: what is withdrawn, they learn at once.

A note is left once for its idempotency key. A stroke is not: each request that is let in makes one, so that strokes
show how often a number was taken.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

from aiohttp import web

from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.keys import RIGHTS
from backend.web.route import SIGNED, IdempotentBy, Route
from bridge import app as product
from bridge.gate.limits import RULES
from bridge.gate.principal import Scope
from bridge.gate.signed.signed_by import signed_by
from bridge.keys import SETTINGS, TABLE
from bridge.settings import Settings
from bridge.settings.database import database_config
from core_rs import Table
from tests.integration.serve.signed_app import ROUTES
from tests.ledger.notes import service as notes
from tests.ledger.notes.routes import ROUTES as NOTES
from tests.ledger.notes.schemas import NewNote
from tests.ledger.people import Directory, one_of_each
from tests.ledger.tables import make_tables

MODULE = "tests.integration.serve.gate_app"
STROKES = "/test/strokes"
_NEVER_SECONDS = 86_400.0


async def post_stroke(call: Call[NewNote, None, None], tx: Transaction) -> Answer:
    await notes.leave(tx, signed_by(call), call.body.text)
    return Answer(204)


_STROKE = Route(
    method="POST",
    path=STROKES,
    handler=post_stroke,
    request=NewNote,
    answers={204: None},
    permission=SIGNED,
    signed=(Scope.SYNC,),
    rate_class="write",
    idempotent_by=IdempotentBy.BODY,
    summary="Leave a note for each request that is let in",
)


def create_app(settings: Settings, *, table: Table | None = None) -> web.Application:
    everybody = Directory(one_of_each().values())
    app = product.create_app(
        settings,
        table=table,
        authenticator=everybody.authenticator(lambda: app),
        extra_routes=(*ROUTES, *NOTES, _STROKE),
        rate_rules=[replace(rule, count=2_000, seconds=1, burst=1_000_000) for rule in RULES],
    )
    app[RIGHTS] = RightsChanges(app[TABLE], poll_seconds=_NEVER_SECONDS, trust_seconds=_NEVER_SECONDS)
    app.cleanup_ctx.append(_tables)
    return app


async def _tables(app: web.Application) -> AsyncIterator[None]:
    await make_tables(database_config(app[SETTINGS]))
    yield
