"""Every key of the application, so that what a worker holds can be read in one place."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web

from backend.accounts.audit.acting import AUDIT
from backend.accounts.signin.hashing import Hasher
from backend.accounts.tenants.exports.folder import EXPORTS
from backend.db.handlers import Handlers
from backend.db.outbox_runner import OutboxRunner
from backend.web.keys import ADDRESSES, BOUNDARY, DATABASE, DRAIN, OBSERVE, RIGHTS, UNPROVEN
from backend.web.route import Route
from bridge.breakers.breakers import Breakers
from bridge.check_result import CheckResult
from bridge.observability.metrics import Metrics
from bridge.settings import Settings
from core_rs import Table

ROUTES: Final[web.AppKey[tuple[Route, ...]]] = web.AppKey("routes")
SETTINGS: Final[web.AppKey[Settings]] = web.AppKey("settings", Settings)
METRICS: Final[web.AppKey[Metrics]] = web.AppKey("metrics", Metrics)
OUTBOX_HANDLERS: Final[web.AppKey[Handlers]] = web.AppKey("outbox_handlers", Handlers)
OUTBOX: Final[web.AppKey[OutboxRunner]] = web.AppKey("outbox", OutboxRunner)
BREAKERS: Final[web.AppKey[Breakers]] = web.AppKey("breakers", Breakers)
HASHER: Final[web.AppKey[Hasher]] = web.AppKey("hasher", Hasher)
TABLE: Final[web.AppKey[Table]] = web.AppKey("table", Table)
READINESS: Final[web.AppKey[Callable[[], Awaitable[Mapping[str, CheckResult]]]]] = web.AppKey("readiness")

__all__ = [
    "ADDRESSES",
    "AUDIT",
    "BOUNDARY",
    "BREAKERS",
    "DATABASE",
    "DRAIN",
    "EXPORTS",
    "HASHER",
    "METRICS",
    "OBSERVE",
    "OUTBOX",
    "OUTBOX_HANDLERS",
    "READINESS",
    "RIGHTS",
    "ROUTES",
    "SETTINGS",
    "TABLE",
    "UNPROVEN",
]
