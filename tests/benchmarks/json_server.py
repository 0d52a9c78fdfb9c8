"""A server of its own: `python -m tests.benchmarks.json_server KIND FOLDER`, KIND as in `serve`; prints its port."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import orjson
import uvloop
from aiohttp import web
from sqlalchemy import insert

from backend.accounts.tenants.models import TenantRow
from backend.db.config import sqlite_config
from backend.db.migrations.run import migrate
from backend.db.unit import Transaction
from backend.secret import Secret
from backend.web.boundary import Answering, Boundary
from backend.web.call import Answer, Call
from backend.web.caller import Caller
from backend.web.caller_address import CallerAddress
from backend.web.endpoint import Endpoint
from backend.web.exchange import Exchange
from backend.web.host import HostRule
from backend.web.keys import BOUNDARY, DATABASE, DRAIN, UNPROVEN
from backend.web.route import PUBLIC, SIGNED, IdempotentBy, Route
from backend.web.router import Router
from backend.web.server import Runner
from backend.web.work import Limits, Work
from bridge.about.schemas import About
from bridge.about.service import about
from bridge.app import create_app
from bridge.gate.gatehouse import GATEHOUSE
from bridge.gate.limits import RULES, RuleBook
from bridge.gate.principal import Scope
from bridge.gate.signed.endpoint import SignedEndpoint
from bridge.observability.logs import configure
from bridge.settings import Settings
from tests.integration.gate.house import open_session
from tests.ledger.books.schemas import TenantPath
from tests.ledger.people import Directory, one_of_each
from tests.ledger.seed import row

UNGUARDED = "/api/v1/tenants/{tenant_id}/unguarded"
GUARDED = "/api/v1/tenants/{tenant_id}/guarded"
TEACHER = one_of_each()["teacher"]
OPERATOR = one_of_each()["platform_operator"]
FEW = "1" * 26
MANY = "2" * 26
DISTRICTS = {FEW: 1_000, MANY: 100_000}
ROWS_AT_ONCE = 2_000
# No request of a benchmark is over a limit; all of them are counted.
ENDLESS = [replace(rule, count=2_000, seconds=1, burst=1_000_000_000) for rule in RULES]


@dataclass(frozen=True, slots=True)
class Item:
    id: str
    amount: int
    note: str


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Total:
    total: int


def bare(settings: Settings) -> web.AppRunner:
    """The least that aiohttp needs to answer the same, with its own access log off."""
    shown = about(settings)

    async def get(_request: web.Request) -> web.Response:
        return web.Response(body=orjson.dumps(shown), content_type="application/json")

    async def post(request: web.Request) -> web.Response:
        items = orjson.loads(await request.read())["items"]
        total = sum(item["amount"] for item in items)
        return web.Response(body=orjson.dumps({"total": total}), content_type="application/json")

    app = web.Application()
    app.router.add_get("/api/v1/about", get)
    app.router.add_post("/api/v1/total", post)
    return web.AppRunner(app, access_log=None)


def ours(settings: Settings) -> Runner:
    """The whole application as a worker runs it, its line for every request on standard error."""
    configure(settings.log_level)
    return Runner(create_app(settings, extra_routes=[TOTAL], rate_rules=ENDLESS))


def guarded(settings: Settings) -> Runner:
    """The whole application with one answer behind two routes: for everybody, and for a teacher of the tenant."""
    configure(settings.log_level)
    shown = about(settings)

    async def get(_call: Call[None, None, TenantPath]) -> Answer:
        return Answer(200, shown)

    route = Route(
        method="GET",
        path=UNGUARDED,
        handler=get,
        params=TenantPath,
        answers={200: About},
        permission=PUBLIC,
        rate_class="read",
        summary="About, for everybody",
    )
    routes = [route, replace(route, path=GUARDED, permission="class.read")]
    known = Directory([TEACHER]).authenticator(lambda: app)
    app = create_app(settings, authenticator=known, extra_routes=routes, rate_rules=ENDLESS)
    return Runner(app)


def schools(settings: Settings) -> Runner:
    """The product with somebody who may read the tenants."""
    configure(settings.log_level)
    known = Directory([OPERATOR]).authenticator(lambda: app)
    app = create_app(settings, authenticator=known, rate_rules=ENDLESS)
    app.cleanup_ctx.append(with_schools)
    return Runner(app)


def signin(settings: Settings) -> Runner:
    """The product behind a proxy on this machine."""
    configure(settings.log_level)
    return Runner(create_app(replace(settings, trusted_proxies=("127.0.0.1/32",)), rate_rules=ENDLESS))


def signed(settings: Settings) -> Runner:
    """The product with one handler behind two routes each: one of sessions, and one that nobody checks or counts."""
    configure(settings.log_level)
    settings = replace(settings, trusted_proxies=("127.0.0.1/32",))
    app = create_app(settings, rate_rules=ENDLESS)
    limits = Limits(settings.body_limit_bytes, settings.body_timeout_seconds, settings.idempotency_hours)

    def work(route: Route) -> Work:
        return Work(route, limits, app, DATABASE, CallerAddress(settings.trusted_proxies))

    def of_sessions(route: Route, path: str) -> SignedEndpoint:
        taken = replace(route, path=path, permission=SIGNED, signed=(Scope.SYNC,))
        return SignedEndpoint(work(taken), RuleBook(ENDLESS), lambda: app[GATEHOUSE])

    endpoints: list[Answering] = [
        Endpoint(work(TOTAL), None, _Uncounted(), app[UNPROVEN]),
        Endpoint(work(KEPT_TOTAL), None, _Uncounted(), app[UNPROVEN]),
        of_sessions(TOTAL, SIGNED_TOTAL),
        of_sessions(KEPT_TOTAL, SIGNED_KEPT_TOTAL),
    ]
    app[BOUNDARY] = Boundary(Router(endpoints), HostRule(()), app[DRAIN], timeout_seconds=30)
    app.cleanup_ctx.append(with_session)
    return Runner(app)


class _Uncounted:
    def of(self, _route: Route) -> "_Uncounted":
        return self

    def meet(self, exchange: Exchange) -> None:
        """Count nothing."""

    def charge(self, exchange: Exchange, caller: Caller) -> None:
        """Count nothing."""

    def meet_known(self, exchange: Exchange, caller: Caller) -> None:
        """Count nothing."""


async def with_session(app: web.Application) -> AsyncIterator[None]:
    """Open a session and tell the one who asked for this server its parts."""
    await app[DATABASE].write(partial(_add, [row(FEW)]))
    session = await open_session(app, tenant_id=FEW)
    print(orjson.dumps([each.hex() if isinstance(each, bytes) else each for each in asdict(session).values()]).decode())  # noqa: T201
    yield


async def with_schools(app: web.Application) -> AsyncIterator[None]:
    """Two districts, one with few schools and one with many."""
    for district, count in DISTRICTS.items():
        await app[DATABASE].write(partial(_add, [row(district, "district")]))
        for start in range(0, count, ROWS_AT_ONCE):
            numbers = range(start, min(start + ROWS_AT_ONCE, count))
            rows = [row(f"{district[:20]}{number:06}", parent_id=district) for number in numbers]
            await app[DATABASE].write(partial(_add, rows))
    yield


async def _add(rows: list[dict[str, object]], tx: Transaction) -> None:
    await tx.execute(insert(TenantRow), [{**each, "created_at": 1} for each in rows])


async def post_total(call: Call[Items, None, None]) -> Answer:
    return Answer(200, Total(sum(item.amount for item in call.body.items)))


TOTAL = Route(
    method="POST",
    path="/api/v1/total",
    handler=post_total,
    request=Items,
    answers={200: Total},
    permission=PUBLIC,
    rate_class="read",
    idempotent_by=IdempotentBy.SAFE,
    summary="Add amounts up",
)


async def post_kept_total(call: Call[Items, None, None], _tx: Transaction) -> Answer:
    return Answer(200, Total(sum(item.amount for item in call.body.items)))


KEPT_TOTAL = replace(TOTAL, path="/api/v1/kept-total", handler=post_kept_total, idempotent_by=IdempotentBy.KEY)
SIGNED_TOTAL = "/v1/total"
SIGNED_KEPT_TOTAL = "/v1/kept-total"


async def serve(kind: str, folder: str, url: str = "") -> None:
    settings = Settings(data_dir=Path(folder), database_url=Secret(url) if url else None)
    if not url:
        await asyncio.to_thread(migrate, sqlite_config(settings.database_path))
    runner = {"bare": bare, "ours": ours, "guarded": guarded, "schools": schools, "signin": signin, "signed": signed}[
        kind
    ](settings)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    await web.SockSite(runner, listener).start()
    print(listener.getsockname()[1], flush=True)  # noqa: T201
    # Ends with the process that started it, however that ends.
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:]))
