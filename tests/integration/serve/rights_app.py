"""The application with one person whose right can be withdrawn, and a route that tells who answers and from what."""

import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiohttp import web

from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.credentials import Credentials
from backend.web.keys import DATABASE, RIGHTS
from backend.web.known_callers import Found, KnownCallers
from backend.web.rights_cache import RightsCache
from backend.web.route import PUBLIC, IdempotentBy, Route
from bridge.app import create_app as create_product
from bridge.keys import SETTINGS
from bridge.settings import Settings
from bridge.settings.database import database_config
from core_rs import Table
from tests.ledger import store
from tests.ledger.people import Person, one_of_each
from tests.ledger.tables import make_tables

PERSON: Person = one_of_each()["teacher"]
PATH = "/api/v1/tenants/{tenant_id}/test/served"
WITHDRAWAL = "/test/withdrawal"
HANG = "/test/hang"
# The account whose being there means that the person has no rights any more.
_WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Tenant:
    tenant_id: str


@dataclass(frozen=True, slots=True)
class HowLong:
    seconds: float


@dataclass(frozen=True, slots=True)
class Served:
    pid: int
    look_ups: int


def create_app(settings: Settings, *, table: Table | None = None) -> web.Application:
    look_ups = 0

    async def look_up(_credentials: Credentials) -> Found | None:
        nonlocal look_ups
        look_ups += 1

        async def unit(tx: Transaction) -> bool:
            return await store.has_account(tx, _WITHDRAWN)

        withdrawn = await app[DATABASE].read(unit)
        return Found(Person("teacher").caller(0)[0] if withdrawn else PERSON.caller(0)[0])

    async def get_served(_call: Call[None, None, Tenant]) -> Answer:
        return Answer(200, Served(os.getpid(), look_ups))

    async def get_hang(call: Call[None, HowLong, None]) -> Answer:
        time.sleep(call.query.seconds)  # noqa: ASYNC251 - that is the point
        return Answer(200, Served(os.getpid(), look_ups))

    async def post_withdrawal(call: Call[None, None, None], tx: Transaction) -> Answer:
        await store.open_account(tx, _WITHDRAWN)
        await call.app[RIGHTS].changed(tx)
        return Answer(200, Served(os.getpid(), look_ups))

    routes = (
        Route(
            method="GET",
            path=PATH,
            handler=get_served,
            params=Tenant,
            answers={200: Served},
            permission="class.read",
            rate_class="health",
            summary="Who answers",
        ),
        Route(
            method="GET",
            path=HANG,
            handler=get_hang,
            query=HowLong,
            answers={200: Served},
            permission=PUBLIC,
            rate_class="health",
            summary="Hold up the whole process",
        ),
        Route(
            method="POST",
            path=WITHDRAWAL,
            handler=post_withdrawal,
            answers={200: Served},
            permission=PUBLIC,
            rate_class="health",
            idempotent_by=IdempotentBy.KEY,
            summary="Take the right away",
        ),
    )
    known = KnownCallers(look_up, RightsCache(lambda: app[RIGHTS].generation, kept_seconds=3600))
    app = create_product(settings, table=table, authenticator=known, extra_routes=routes)
    app.cleanup_ctx.append(_tables)
    return app


async def _tables(app: web.Application) -> AsyncIterator[None]:
    await make_tables(database_config(app[SETTINGS]))
    yield
