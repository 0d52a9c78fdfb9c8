"""The product itself, in workers that never ask the database: what they learn of changes, they learn at once."""

from aiohttp import web

from backend.db.rights_changes import RightsChanges
from backend.web.keys import RIGHTS
from bridge import app as product
from bridge.keys import TABLE
from bridge.settings import Settings
from core_rs import Table

_NEVER_SECONDS = 86_400.0


def create_app(settings: Settings, *, table: Table | None = None) -> web.Application:
    app = product.create_app(settings, table=table)
    app[RIGHTS] = RightsChanges(app[TABLE], poll_seconds=_NEVER_SECONDS, trust_seconds=_NEVER_SECONDS)
    return app
