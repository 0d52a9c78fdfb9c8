"""The product with the ledger in it: what the proofs of whole processes serve."""

from collections.abc import AsyncIterator, Sequence

from aiohttp import web

from backend.accounts.signin.hashing import Cost, Hasher
from backend.web.unproven import Caps
from bridge import app as product
from bridge.gate.limits import RULES, Rule
from bridge.keys import DATABASE, SETTINGS
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.timing import TIMING, Timing
from bridge.settings import Settings
from bridge.settings.database import database_config
from core_rs import Table
from tests.audit.keys import FixedKeys
from tests.ledger.mirror import handlers
from tests.ledger.people import Directory
from tests.ledger.routes import ROUTES
from tests.ledger.tables import make_tables


def create_app(
    settings: Settings,
    *,
    table: Table | None = None,
    directory: Directory | None = None,
    rate_rules: Sequence[Rule] = RULES,
    caps: Caps | None = None,
    history: HistoryLimits | None = None,
    timing: Timing = TIMING,
) -> web.Application:
    app = product.create_app(
        settings,
        table=table,
        authenticator=(directory or Directory()).authenticator(lambda: app),
        audit_keys=FixedKeys(),
        extra_routes=ROUTES,
        rate_rules=rate_rules,
        caps=caps,
        history=history,
        timing=timing,
        outbox_handlers=handlers(lambda: app[DATABASE]),
        hasher=Hasher(Cost(memory_kib=1024, passes=1)),
    )
    app.cleanup_ctx.append(_tables)
    return app


async def _tables(app: web.Application) -> AsyncIterator[None]:
    await make_tables(database_config(app[SETTINGS]))
    yield
