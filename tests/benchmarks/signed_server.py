"""A bridge with open sessions: `python -m tests.benchmarks.signed_server FOLDER [URL]`, with a URL on a Redis server.

It prints one line of JSON: its port, and the sessions that may be used.
"""

import asyncio
import dataclasses
import json
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import uvloop
from aiohttp import web

from backend.db.config import sqlite_config
from backend.db.migrations.run import migrate
from backend.secret import Secret
from backend.web.call import Answer, Call
from backend.web.route import SIGNED, Route
from backend.web.server import Runner
from bridge.app import create_app
from bridge.gate.limits import RULES as PRODUCT_RULES
from bridge.gate.principal import Scope
from bridge.keys import DATABASE, SETTINGS
from bridge.observability.logs import configure
from bridge.settings import Settings
from tests.integration.gate.house import open_session
from tests.ledger.seed import seed_tenants

PATH = "/v1/signed"
SESSIONS = 16
# Nobody is over a limit here, and everybody is charged to each.
RULES = tuple(dataclasses.replace(rule, count=2_000, seconds=1, burst=100_000_000) for rule in PRODUCT_RULES)


@dataclass(frozen=True, slots=True)
class Small:
    text: str


async def _answer(_call: Call[None, None, None]) -> Answer:
    return Answer(200, Small("let in"))


ROUTE = Route(
    method="GET",
    path=PATH,
    handler=_answer,
    answers={200: Small},
    permission=SIGNED,
    signed=(Scope.SYNC,),
    rate_class="read",
    summary="What a guarded request costs",
)


async def serve(folder: Path, url: str | None) -> None:
    database = sqlite_config(folder / "bridge.db")
    await asyncio.to_thread(migrate, database)
    kept = {} if url is None else {"gate_store": "redis", "redis_url": Secret(url), "redis_give_up_seconds": 5.0}
    settings = Settings(data_dir=folder, database_url=database.url, **kept)  # type: ignore[arg-type]
    app = create_app(settings, extra_routes=(ROUTE,), rate_rules=RULES)
    configure(app[SETTINGS].log_level)
    runner = Runner(app)
    await runner.setup()
    await seed_tenants(app[DATABASE])
    sessions = [await open_session(app) for _ in range(SESSIONS)]
    listener = socket.create_server(("127.0.0.1", 0))
    await web.SockSite(runner, listener).start()
    opened = [{"key": each.use("request").hex(), "key_id": each.key_id} for each in sessions]
    print(json.dumps({"port": listener.getsockname()[1], "sessions": opened}), flush=True)  # noqa: T201
    # Ends with the process that started it, however that ends.
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None))
