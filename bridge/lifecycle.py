"""What the application opens when it starts and closes when it ends, each in a few lines."""

from collections.abc import AsyncIterator

from aiohttp import web

from backend.db.database import open_database
from backend.db.migrations.state import assert_current
from backend.db.outbox_runner import OutboxRunner
from bridge.audit_trail import audit_trail
from bridge.keys import AUDIT, DATABASE, METRICS, OUTBOX, OUTBOX_HANDLERS, RIGHTS, SETTINGS
from bridge.observability.outbox_census import OutboxCensus
from bridge.settings.database import database_config


async def audit(app: web.Application) -> AsyncIterator[None]:
    if AUDIT not in app:
        app[AUDIT] = audit_trail(app[SETTINGS])
    yield


async def database(app: web.Application) -> AsyncIterator[None]:
    """Refuse a database of another version before anything is read from it."""
    config = database_config(app[SETTINGS])
    await assert_current(config)
    async with open_database(config) as opened:
        app[DATABASE] = opened
        yield


async def rights(app: web.Application) -> AsyncIterator[None]:
    async with app[RIGHTS].watched(app[DATABASE]):
        yield


async def outbox(app: web.Application) -> AsyncIterator[None]:
    async with OutboxRunner(app[DATABASE], app[OUTBOX_HANDLERS], kept_hours=app[SETTINGS].idempotency_hours) as runner:
        app[OUTBOX] = runner
        yield


async def outbox_census(app: web.Application) -> AsyncIterator[None]:
    async with OutboxCensus(app[DATABASE], app[OUTBOX], app[METRICS]).counting():
        yield
