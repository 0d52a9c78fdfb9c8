"""What the application opens when it starts and closes when it ends, each in a few lines."""

from collections.abc import AsyncIterator
from contextlib import ExitStack

from aiohttp import web

from backend.accounts.accounts import ACCOUNTS, put_together
from backend.accounts.people import matrix
from backend.db.database import open_database
from backend.db.migrations.state import assert_current
from backend.db.outbox_runner import OutboxRunner
from backend.sealing.opening import open_vault
from bridge.account_settings import house, mail_sender, open_breached
from bridge.breakers.database import reach_of
from bridge.keys import AUDIT, BREAKERS, DATABASE, HASHER, METRICS, OUTBOX, OUTBOX_HANDLERS, RIGHTS, SETTINGS
from bridge.observability.outbox_census import OutboxCensus
from bridge.settings.database import database_config


async def database(app: web.Application) -> AsyncIterator[None]:
    """Refuse a database of another version before anything is read from it."""
    config = database_config(app[SETTINGS])
    await assert_current(config)
    async with open_database(config, reach_of(config, app[BREAKERS])) as opened:
        app[DATABASE] = opened
        yield


async def accounts(app: web.Application) -> AsyncIterator[None]:
    """Open the vault with the key file of this database, and put the services of accounts together."""
    settings = app[SETTINGS]
    vault = await open_vault(settings.key_path, app[DATABASE])
    with ExitStack() as holding:
        app[ACCOUNTS] = made = put_together(
            vault,
            matrix.load(),
            house(settings),
            mail_sender(settings, app[BREAKERS]),
            breached=open_breached(settings, holding),
            hasher=app[HASHER],
            trail=app.get(AUDIT),
        )
        if AUDIT not in app:
            app[AUDIT] = made.trail
        yield
        await made.hashes.close()


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
