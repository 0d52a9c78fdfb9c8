"""The Luau client against the bridge itself: it pairs, opens, signs, and survives what happens on the way."""

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from backend.accounts.signin.hashing import Cost, Hasher
from backend.db.config import DatabaseConfig
from backend.web.keys import DATABASE
from backend.web.server import Runner
from bridge.app import create_app
from bridge.settings import Settings
from tests.accounts.house import Browser
from tests.audit.keys import FixedKeys
from tests.integration.gate.pairing.conftest import MINE, GateHouse, approve, look_up
from tests.integration.luau.conftest import ROOT
from tests.integration.luau.test_specs import run
from tests.ledger.notes import routes as notes
from tests.ledger.people import SCHOOL
from tests.ledger.seed import seed_tenants
from tests.ledger.tables import make_tables

SPEC = ROOT / "plugin_lua" / "tests" / "real" / "client.spec.luau"

pytestmark = pytest.mark.timeout(1800)


def bound(port: int) -> socket.socket:
    listener = socket.socket()
    # The connections of the bridge before this one are still being forgotten.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


async def head_of(house: GateHouse) -> Browser:
    person = await house.add_person("head@school.example")
    await house.give(person, "school_admin", SCHOOL)
    return await house.signed_in("head@school.example", second_factor=True)


@dataclass(slots=True)
class Place:
    """A bridge that can be restarted at its address, and the head of the school, who lets devices in and ends them."""

    settings: Settings
    port: int = 0
    device_id: str = ""
    head: Browser | None = None
    running: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        app = create_app(
            self.settings,
            hasher=Hasher(Cost(memory_kib=1024, passes=1)),
            audit_keys=FixedKeys(),
            extra_routes=notes.ROUTES,
        )
        runner = Runner(app, shutdown_timeout=1)
        await runner.setup()
        self.running.push_async_callback(runner.cleanup)
        listener = bound(self.port)
        await web.SockSite(runner, listener).start()
        self.port = listener.getsockname()[1]
        client = await self.running.enter_async_context(ClientSession(f"http://127.0.0.1:{self.port}"))
        house = GateHouse(app, client, self.settings.data_dir)
        if self.head is None:
            await seed_tenants(app[DATABASE])
            self.head = await head_of(house)
        self.head.client = client

    async def stop(self) -> None:
        await self.running.aclose()

    async def asked(self, request: web.Request) -> web.Response:
        """Do what the script asks of the person beside the bridge."""
        assert self.head is not None
        wanted: dict[str, Any] = await request.json()
        match wanted["what"]:
            case "approve":
                found = await look_up(self.head, wanted["code"])
                approved = await approve(self.head, found.json["id"])
                self.device_id = approved.json["device"]["id"]
                return web.json_response({"digits": approved.json["digits"]})
            case "restart":
                await self.stop()
                await self.start()
            case "revoke":
                gone = await self.head.ask("DELETE", f"{MINE}/devices/{self.device_id}")
                assert gone.status == 200, gone.text
        return web.json_response({"done": True})


@asynccontextmanager
async def beside(place: Place) -> AsyncIterator[str]:
    """Serve the person at an address of their own."""
    app = web.Application()
    app.router.add_post("/", place.asked)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@pytest.fixture
async def place(tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[Place]:
    found = Place(Settings(data_dir=tmp_path, database_url=database_config.url))
    await make_tables(database_config)
    await found.start()
    try:
        yield found
    finally:
        await found.stop()


async def test_the_client_keeps_to_the_protocol(sim: Path, place: Place) -> None:
    async with beside(place) as person:
        await run(sim, str(SPEC), f"http://127.0.0.1:{place.port}", person)
