"""The product with a way to open a session that may follow, and with channels that keep little.

Who is away for long is then reset as `behind`, which with what the product keeps would take thousands of messages.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Final

from aiohttp import web

from backend.web.call import Answer, Call
from bridge import app as product
from bridge.gate.limits import RULES
from bridge.realtime.limits import HistoryLimits
from bridge.settings import Settings
from core_rs import Table
from tests.integration.gate.house import open_session
from tests.integration.serve.signed_app import ROUTES, Opened

MODULE: Final = "tests.chaos.channels.bridge_app"
KEPT_MESSAGES: Final = 60
_SEEDING: Final = next(route for route in ROUTES if route.path == "/test/seed")
OPEN: Final = "/test/open"
SEED: Final = _SEEDING.path


async def post_open(call: Call[None, None, None]) -> Answer:
    session = await open_session(call.app, scopes=("read", "sync"))
    told: Mapping[str, object] = asdict(session)
    return Answer(200, Opened(**{name: each.hex() if isinstance(each, bytes) else each for name, each in told.items()}))  # type: ignore[arg-type]


def create_app(settings: Settings, *, table: Table | None = None) -> web.Application:
    opening = replace(next(route for route in ROUTES if route.path == OPEN), handler=post_open)
    return product.create_app(
        settings,
        table=table,
        extra_routes=(opening, _SEEDING),
        rate_rules=[replace(rule, count=2_000, seconds=1, burst=1_000_000) for rule in RULES],
        history=HistoryLimits(messages=KEPT_MESSAGES),
    )
