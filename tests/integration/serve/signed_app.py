"""The ledger with a way to open a session, so that a test of whole processes can sign requests."""

import os
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace

from aiohttp import web

from backend.web.call import Answer, Call
from backend.web.keys import DATABASE
from backend.web.route import PUBLIC, SIGNED, IdempotentBy, Route
from bridge import app as product
from bridge.gate.limits import RULES
from bridge.keys import SETTINGS
from bridge.settings import Settings
from bridge.settings.database import database_config
from core_rs import Table
from tests.integration.gate.house import open_session
from tests.ledger.seed import seed_tenants
from tests.ledger.tables import make_tables

OPEN = "/test/open"
WHO = "/v1/who"


@dataclass(frozen=True, slots=True)
class Opened:
    master: str
    bridge_id: str
    master_version: int
    shard: int
    random: str
    epoch: str


@dataclass(frozen=True, slots=True)
class Who:
    pid: int


async def post_open(call: Call[None, None, None]) -> Answer:
    session = await open_session(call.app)
    told = {name: each.hex() if isinstance(each, bytes) else each for name, each in asdict(session).items()}
    return Answer(200, Opened(**told))  # type: ignore[arg-type]


async def post_seed(call: Call[None, None, None]) -> Answer:
    await seed_tenants(call.app[DATABASE])
    return Answer(200, Who(os.getpid()))


async def post_who(_call: Call[None, None, None]) -> Answer:
    return Answer(200, Who(os.getpid()))


_OPENING = Route(
    method="POST",
    path=OPEN,
    handler=post_open,
    answers={200: Opened},
    permission=PUBLIC,
    rate_class="health",
    idempotent_by=IdempotentBy.ATTEMPT,
    summary="Open a session",
)
ROUTES = (
    _OPENING,
    replace(_OPENING, path="/test/seed", handler=post_seed, answers={200: Who}),
    Route(
        method="POST",
        path=WHO,
        handler=post_who,
        answers={200: Who},
        permission=SIGNED,
        signed=(),
        rate_class="write",
        idempotent_by=IdempotentBy.SAFE,
        summary="Which process answers",
    ),
)


def create_app(settings: Settings, *, table: Table | None = None) -> web.Application:
    endless = [replace(rule, count=2_000, seconds=1, burst=1_000_000) for rule in RULES]
    app = product.create_app(settings, table=table, extra_routes=ROUTES, rate_rules=endless)
    app.cleanup_ctx.append(_tables)
    return app


async def _tables(app: web.Application) -> AsyncIterator[None]:
    await make_tables(database_config(app[SETTINGS]))
    yield
