"""The bridge that is put under load: `python -P -m loadtests.bridge FOLDER`; prints where it is and who may sign.

It is the product with the notes of the tests in it, one worker, on a database of its own in the folder.
"""

import asyncio
import json
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

import uvloop
from aiohttp import web

from backend.accounts.audit.acting import AUDIT
from backend.accounts.audit.event import Actor
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import SystemPart
from backend.accounts.keys.gamekeys import service as game_keys
from backend.accounts.keys.gamekeys.schemas import NewGameKey
from backend.db.config import sqlite_config
from backend.db.migrations.run import migrate
from backend.db.unit import Transaction
from backend.ids import new_id
from backend.web.keys import DATABASE
from backend.web.server import Runner
from bridge.client.encoding import base64_text
from bridge.gate.devices import store as devices
from bridge.gate.lifecycle import GATE
from bridge.gate.limits import RULES
from bridge.gate.principal import Scope
from bridge.observability.logs import configure
from bridge.settings import Settings
from loadtests.enrolled import UNIVERSE
from tests.ledger.people import SCHOOL
from tests.ledger.seed import seed_tenants
from tests.ledger.worker import create_app

DEVICES: Final = 100
# All load comes from one address and one tenant; a session has what it has in the product.
WIDE: Final = frozenset({"address", "tenant", "account", "opening"})
A_SECOND, AT_ONCE = 2_000, 1_000_000_000
OPERATOR: Final = Actor.system(SystemPart.COMMAND_LINE)


async def enrol(app: web.Application, url: str) -> dict[str, object]:
    """Let devices and a game server in, and return what they keep."""
    masters = app[GATE].masters
    version = masters.newest()

    async def let_in(tx: Transaction) -> str:
        device_id = new_id()
        await devices.add(
            tx, SCHOOL, device_id, kind="studio", name="A", scopes=(Scope.SYNC,), master_version=version, by=OPERATOR
        )
        return device_id

    async def make_game_key(tx: Transaction) -> str:
        _, key = await game_keys.create(tx, Teller(app[AUDIT], OPERATOR), SCHOOL, NewGameKey("Load", (UNIVERSE,)))
        return key.reveal()

    # Each in a unit of its own, which may not take longer than a second.
    ids = [await app[DATABASE].write(let_in, tenant=SCHOOL) for _ in range(DEVICES)]
    game_key = await app[DATABASE].write(make_game_key, tenant=SCHOOL)
    return {
        "url": url,
        "bridge_id": masters.bridge_id.hex(),
        "bridge_public_key": base64_text(masters.public_key(version)),
        "tenant_id": SCHOOL,
        "devices": {device_id: base64_text(masters.device_key(version, device_id, 1)) for device_id in ids},
        "game_key": game_key,
    }


async def serve(folder: str) -> None:
    settings = Settings(data_dir=Path(folder), trusted_proxies=("127.0.0.1/32",))
    await asyncio.to_thread(migrate, sqlite_config(settings.database_path))
    configure(settings.log_level)
    rules = [replace(rule, count=A_SECOND, seconds=1, burst=AT_ONCE) if rule.name in WIDE else rule for rule in RULES]
    app = create_app(settings, rate_rules=rules)
    runner = Runner(app)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    await web.SockSite(runner, listener).start()
    await seed_tenants(app[DATABASE])
    told = await enrol(app, f"http://127.0.0.1:{listener.getsockname()[1]}")
    print(json.dumps(told), flush=True)  # noqa: T201
    # Ends with the process that started it, however that ends.
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(serve(*sys.argv[1:]))
