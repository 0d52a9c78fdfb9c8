"""The one place where a worker's application is put together."""

from collections.abc import AsyncIterator, Callable, Sequence

from aiohttp import web

from backend.accounts import outbox as accounts
from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit.keys import AuditKeys
from backend.accounts.audit.service import AuditTrail
from backend.accounts.callers import look_up
from backend.accounts.people import matrix
from backend.accounts.routes import ROUTES as ACCOUNT_ROUTES
from backend.accounts.signin.hashing import Hasher
from backend.accounts.tenants.exports.folder import ExportFolder
from backend.db.handlers import Handlers
from backend.db.rights_changes import RightsChanges
from backend.web.access import Access, Authenticator
from backend.web.boundary import Answering, Boundary
from backend.web.caller_address import CallerAddress
from backend.web.drain import Drain
from backend.web.endpoint import Endpoint
from backend.web.exchange import Observe
from backend.web.host import HostRule
from backend.web.known_callers import KnownCallers
from backend.web.rights_cache import RightsCache
from backend.web.route import Route
from backend.web.router import Router
from backend.web.unproven import Caps, Unproven
from backend.web.work import Limits, Work
from bridge import lifecycle
from bridge.about.openapi_route import with_openapi
from bridge.about.routes import routes as about_routes
from bridge.about.service import installed_version
from bridge.breakers.breakers import Breakers
from bridge.console.welcome.routes import routes as welcome_routes
from bridge.gate.gatehouse import GATEHOUSE
from bridge.gate.lifecycle import GATE, gate, sessions
from bridge.gate.limits import RULES, Rule
from bridge.gate.opening import Counting, opened_gatehouse
from bridge.gate.routes import ROUTES as GATE_ROUTES
from bridge.gate.signed.either import EitherEndpoint
from bridge.gate.signed.endpoint import SignedEndpoint
from bridge.gate.stores.opening import shared_store
from bridge.health.readiness import Readiness
from bridge.health.routes import routes as health_routes
from bridge.keys import (
    ADDRESSES,
    AUDIT,
    BOUNDARY,
    BREAKERS,
    DATABASE,
    DRAIN,
    EXPORTS,
    HASHER,
    METRICS,
    OBSERVE,
    OUTBOX_HANDLERS,
    READINESS,
    RIGHTS,
    ROUTES,
    SETTINGS,
    TABLE,
    UNPROVEN,
)
from bridge.observability.access import AccessLog
from bridge.observability.logs import access_sink
from bridge.observability.metrics import Metrics
from bridge.realtime.doorbell import Doorbell
from bridge.realtime.lifecycle import Realtime
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.routes import ROUTES as REALTIME_ROUTES
from bridge.realtime.timing import TIMING, Timing
from bridge.settings import Settings
from core_rs import Table


def create_app(
    settings: Settings,
    *,
    table: Table | None = None,
    authenticator: Authenticator | None = None,
    audit_keys: AuditKeys | None = None,
    extra_routes: Sequence[Route] = (),
    rate_rules: Sequence[Rule] = RULES,
    caps: Caps | None = None,
    outbox_handlers: Handlers | None = None,
    hasher: Hasher | None = None,
    history: HistoryLimits | None = None,
    bell: Doorbell | None = None,
    timing: Timing = TIMING,
) -> web.Application:
    """Put the application together; a `backend.web.server.Runner` opens what it needs and serves it.

    `rate_rules` are the limits of requests and `caps` those of what strangers send, in the place of those that the
    product has.
    `history` is what channels keep, `bell` wakes game servers, and `timing` is how long streams wait for what.
    `table` is the one that all workers of this bridge share; without it this process is the only one. Without
    `audit_keys` the audit trail has those of the key file.
    """
    app = web.Application()
    app[SETTINGS] = settings
    app[METRICS] = metrics = Metrics(version=installed_version())
    app[DRAIN] = drain = Drain()
    app[BREAKERS] = breakers = Breakers()
    breakers.tell(metrics)
    app[HASHER] = hasher or Hasher()
    app[TABLE] = table or Table.in_process()
    app[RIGHTS] = rights = RightsChanges(app[TABLE])
    app[OUTBOX_HANDLERS] = handlers = outbox_handlers or Handlers()
    app[EXPORTS] = ExportFolder(settings.export_folder)
    accounts.add_handlers(handlers, lambda: app[DATABASE], lambda: app[ACCOUNTS], lambda: app[AUDIT], app[EXPORTS])
    readiness = Readiness(settings, lambda: app[DATABASE], breakers)
    app[READINESS] = readiness.check

    if audit_keys is not None:
        app[AUDIT] = AuditTrail(audit_keys)
    app.cleanup_ctx.append(lifecycle.database)
    app.cleanup_ctx.append(lifecycle.accounts)
    app.cleanup_ctx.append(gate)
    app.cleanup_ctx.append(lifecycle.rights)
    counting = Counting(app[TABLE], rate_rules, shadow=settings.shadow_limits)
    counting.tell(metrics)
    app.cleanup_ctx.append(_gatehouse(counting))
    app.cleanup_ctx.append(sessions(counting.book, settings.body_limit_bytes))
    channels, kept = Realtime(app, handlers, metrics, bell), history or HistoryLimits()
    app.cleanup_ctx.append(channels.engine(settings, breakers, kept))

    permissions = matrix.load()
    known = authenticator or KnownCallers(
        look_up(lambda: app[DATABASE], permissions), RightsCache(lambda: rights.generation)
    )
    access = Access(known, permissions.for_the_web)
    app.cleanup_ctx.append(channels.desk(known, rights, drain, kept, timing))
    # Last, as what it works off uses all of the above.
    app.cleanup_ctx.append(lifecycle.outbox)
    app.cleanup_ctx.append(lifecycle.outbox_census)
    own = (
        *about_routes(settings),
        *health_routes(readiness, drain),
        *welcome_routes(),
        *ACCOUNT_ROUTES,
        *GATE_ROUTES,
        *REALTIME_ROUTES,
    )
    app[ROUTES] = with_openapi((*own, *extra_routes), access)
    app[ADDRESSES] = addresses = CallerAddress(settings.trusted_proxies)
    app[UNPROVEN] = unproven = Unproven(caps)
    limits = Limits(settings.body_limit_bytes, settings.body_timeout_seconds, settings.idempotency_hours)
    limiter = counting.limiter(addresses)

    def at_work(route: Route) -> Answering:
        work = Work(route, limits, app, DATABASE, addresses)
        if route.signed is not None:
            return SignedEndpoint(work, counting.book, lambda: app[GATEHOUSE])
        plain = Endpoint(work, access, limiter, unproven)
        if route.also_signed is None:
            return plain
        signed = SignedEndpoint(work, counting.book, lambda: app[GATEHOUSE])
        return EitherEndpoint(work, plain, signed, limiter, lambda: app[GATEHOUSE])

    app[BOUNDARY] = boundary = Boundary(
        Router([at_work(route) for route in app[ROUTES]]),
        HostRule(settings.allowed_hosts),
        drain,
        timeout_seconds=settings.request_timeout_seconds,
    )
    sink = access_sink()
    observe: Observe = AccessLog(addresses, metrics.requests, sink)
    app[OBSERVE] = observe
    metrics.watch(boundary, unproven, sink)
    return app


def _gatehouse(counting: Counting) -> Callable[[web.Application], AsyncIterator[None]]:
    async def gatehouse(app: web.Application) -> AsyncIterator[None]:
        """Open what lets signed requests in, with the key file of this database."""
        masters, shared = app[GATE].masters, shared_store(app[SETTINGS], app[BREAKERS])
        async with opened_gatehouse(app[DATABASE], masters, counting, app[RIGHTS], shared) as app[GATEHOUSE]:
            yield

    return gatehouse
