"""The Luau client against the bridge itself: it pairs, opens, signs, and survives what happens on the way."""

import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web

from backend.accounts.audit.acting import AUDIT
from backend.accounts.audit.event import Actor
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import RevocationReason, SystemPart
from backend.accounts.keys.gamekeys import service as game_keys
from backend.accounts.keys.gamekeys.schemas import NewGameKey
from backend.accounts.signin.hashing import Cost, Hasher
from backend.db.config import DatabaseConfig
from backend.db.unit import Transaction
from backend.sealing import key_file
from backend.web.keys import DATABASE, RIGHTS
from backend.web.server import Runner
from bridge.app import create_app
from bridge.gate.gatehouse import GATEHOUSE
from bridge.gate.lifecycle import GATE
from bridge.gate.sessions import service as sessions
from bridge.realtime.publishing import publish
from bridge.settings import Settings
from tests.accounts.house import Browser
from tests.audit.keys import FixedKeys
from tests.gate.house import PLACE, UNIVERSE
from tests.gate.key_file import look
from tests.integration.gate.pairing.conftest import MINE, GateHouse, approve, look_up
from tests.integration.luau.conftest import ROOT
from tests.integration.luau.test_specs import both_ways, run
from tests.ledger.notes import routes as notes
from tests.ledger.people import SCHOOL
from tests.ledger.seed import seed_tenants
from tests.ledger.tables import make_tables

SPECS = ROOT / "plugin_lua" / "tests" / "real"

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
    serving: web.Application | None = None
    running: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def start(self) -> None:
        app = create_app(
            self.settings,
            hasher=Hasher(Cost(memory_kib=1024, passes=1)),
            audit_keys=FixedKeys(),
            extra_routes=notes.ROUTES,
        )
        self.serving = app
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

    async def end_sessions(self) -> None:
        """End what the device has open, and not the device."""
        app, by, reason = self.app, self.by, RevocationReason.BY_ADMIN

        async def unit(tx: Transaction) -> int:
            return await sessions.revoke_of_holder(tx, by, app[RIGHTS], SCHOOL, self.device_id, reason)

        assert await app[DATABASE].write(unit, tenant=SCHOOL)

    def rotate(self) -> None:
        """Put another master key into the file, and have the bridge use it."""
        path, masters = self.settings.key_path, self.app[GATE].masters
        before = masters.newest()
        key_file.write(path, key_file.read(path).with_another(made_at=int(time.time()) - 60, in_use=True))
        look(self.app)
        assert masters.newest() > before
        # As its watch does within the time that a version settles; this one has a date long gone.
        self.app[GATEHOUSE].store.replace_masters(masters.all())

    async def game_key(self) -> str:
        wanted = NewGameKey("Fractions", (UNIVERSE,), places=(PLACE,))

        async def unit(tx: Transaction) -> str:
            _, text = await game_keys.create(tx, self.by, SCHOOL, wanted)
            return text.reveal()

        return await self.app[DATABASE].write(unit, tenant=SCHOOL)

    @property
    def app(self) -> web.Application:
        assert self.serving is not None
        return self.serving

    @property
    def by(self) -> Teller:
        return Teller(self.app[AUDIT], Actor.system(SystemPart.COMMAND_LINE))

    async def tell(self, channel: str, data: list[Any]) -> None:
        """Have messages published, each committed for itself."""
        for each in data:

            async def unit(tx: Transaction, each: Any = each) -> None:
                await publish(tx, channel, each)

            await self.app[DATABASE].write(unit)

    async def asked(self, request: web.Request) -> web.Response:
        """Do what the script asks of the person beside the bridge."""
        assert self.head is not None
        wanted: dict[str, Any] = await request.json()
        match wanted["what"]:
            case "approve":
                found = await look_up(self.head, wanted["code"])
                approved = await approve(self.head, found.json["id"], tuple(wanted.get("scopes", ("sync",))))
                self.device_id = approved.json["device"]["id"]
                return web.json_response({"digits": approved.json["digits"]})
            case "restart":
                await self.stop()
                await self.start()
            case "end sessions":
                await self.end_sessions()
            case "tell":
                await self.tell(wanted["channel"], wanted["data"])
            case "rotate":
                self.rotate()
            case "game key":
                return web.json_response({"key": await self.game_key()})
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


@pytest.fixture
async def place_behind_a_proxy(tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[Place]:
    """A bridge that believes this machine when it says by what a request came."""
    trusted = ("127.0.0.1",)
    found = Place(Settings(data_dir=tmp_path, database_url=database_config.url, trusted_proxies=trusted))
    await make_tables(database_config)
    await found.start()
    try:
        yield found
    finally:
        await found.stop()


@both_ways
async def test_the_client_keeps_to_the_protocol(sim: Path, place: Place, native: tuple[str, ...]) -> None:
    async with beside(place) as person:
        await run(sim, *native, str(SPECS / "client.spec.luau"), f"http://127.0.0.1:{place.port}", person)


@both_ways
async def test_the_client_follows_channels(sim: Path, place: Place, native: tuple[str, ...]) -> None:
    async with beside(place) as person:
        address = f"http://127.0.0.1:{place.port}"
        await run(sim, *native, str(SPECS / "following.spec.luau"), address, person, f"tenant/{SCHOOL}")


@both_ways
async def test_a_game_server_follows_channels(sim: Path, place_behind_a_proxy: Place, native: tuple[str, ...]) -> None:
    async with beside(place_behind_a_proxy) as person:
        address = f"http://127.0.0.1:{place_behind_a_proxy.port}"
        await run(sim, *native, str(SPECS / "updates.spec.luau"), address, person, f"game/{SCHOOL}/{UNIVERSE}")


@both_ways
async def test_a_game_server_opens_its_sessions(
    sim: Path, place_behind_a_proxy: Place, native: tuple[str, ...]
) -> None:
    async with beside(place_behind_a_proxy) as person:
        address = f"http://127.0.0.1:{place_behind_a_proxy.port}"
        await run(sim, *native, str(SPECS / "game.spec.luau"), address, person)
