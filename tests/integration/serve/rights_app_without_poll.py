"""The same, in workers that never ask the database: what one learns of another, it learns from shared memory."""

from aiohttp import web

from backend.db.rights_changes import RightsChanges
from backend.web.keys import RIGHTS
from bridge.keys import TABLE
from bridge.settings import Settings
from core_rs import Table
from tests.integration.serve import rights_app

_NEVER_SECONDS = 86_400.0


def create_app(settings: Settings, *, table: Table | None = None) -> web.Application:
    app = rights_app.create_app(settings, table=table)
    app[RIGHTS] = RightsChanges(app[TABLE], poll_seconds=_NEVER_SECONDS, trust_seconds=_NEVER_SECONDS)
    return app
