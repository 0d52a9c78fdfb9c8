"""A bridge with sessions, devices that were let in, and game keys."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from aiohttp import web
from sqlalchemy.dialects import sqlite

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit.acting import AUDIT
from backend.accounts.audit.event import Actor
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import SystemPart
from backend.accounts.keys.gamekeys import service as game_keys
from backend.accounts.keys.gamekeys.schemas import NewGameKey
from backend.accounts.tenants import service as tenants
from backend.db.config import DatabaseConfig
from backend.db.unit import Database, T, Transaction, Unit
from backend.ids import new_id
from backend.sealing import key_file
from backend.web.keys import DATABASE, RIGHTS
from bridge.app import create_app
from bridge.gate.devices import store as devices
from bridge.gate.identity import bridge_id
from bridge.gate.masters import Masters
from bridge.gate.principal import Scope
from bridge.gate.sessions import service
from bridge.gate.sessions.service import Found
from bridge.gate.sessions.sessions import SESSIONS, Limits, put_together
from bridge.gate.stores.store import GateStore, Spending
from bridge.keys import TABLE
from bridge.settings import Settings
from core_rs import Table
from tests.audit.keys import FixedKeys
from tests.contract import signing
from tests.gate.device import Device
from tests.gate.key_file import look
from tests.integration.web.conftest import Bridge, serving
from tests.ledger.people import SCHOOL
from tests.ledger.seed import seed_tenants

OPERATOR = Actor.system(SystemPart.COMMAND_LINE)
# Statements are compared as text, on whichever database they run.
_WORDS = sqlite.dialect()
UNIVERSE, PLACE = 9801, 95206881


class TableStore:
    """The table, as far as an opening needs it."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.windows: list[tuple[bytes, int]] = []
        self.epoch = table.epoch

    async def open_window(self, sid: bytes, *, life_seconds: int) -> None:
        self.table.open_window(sid, life_seconds=life_seconds)
        self.windows.append((sid, life_seconds))

    async def spend(self, token: bytes, *, life_seconds: int) -> Spending:
        return self.table.spend(token, self.table.seconds() + life_seconds)


class Counted:
    """A database, and what it was asked."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def read(self, unit: Unit[T], *, tenant: str | None = None) -> T:
        return await self._database.read(self._listened(unit, "read"), tenant=tenant)

    async def write(self, unit: Unit[T], *, tenant: str | None = None) -> T:
        return await self._database.write(self._listened(unit, "write"), tenant=tenant)

    def _listened(self, unit: Unit[T], how: str) -> Unit[T]:
        async def listened(tx: Transaction) -> T:
            self.asked.append(how)
            return await unit(cast("Transaction", _Listening(tx, self.asked)))

        return listened


class _Listening:
    def __init__(self, tx: Transaction, asked: list[str]) -> None:
        self._tx = tx
        self._asked = asked

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tx, name)

    async def execute(self, statement: Any, params: Any = None) -> Any:
        self._asked.append(str(statement.compile(dialect=_WORDS)))
        return await self._tx.execute(statement, params)


@dataclass(slots=True)
class Clock:
    """The time of the bridge, ahead of the machine's by as much as a test wants."""

    ahead_seconds: float = 0.0
    real: Callable[[], float] = time.time

    def __call__(self) -> float:
        return self.real() + self.ahead_seconds


@dataclass(frozen=True, slots=True)
class GateHouse:
    bridge: Bridge
    masters: Masters
    store: TableStore
    counted: Counted
    clock: Clock
    key_path: Path

    @property
    def app(self) -> web.Application:
        return self.bridge.app

    @property
    def database(self) -> Database:
        return self.app[DATABASE]

    @property
    def by(self) -> Teller:
        return Teller(self.app[AUDIT], OPERATOR)

    async def device(self, tenant_id: str = SCHOOL, *, scopes: tuple[Scope, ...] = (Scope.SYNC,)) -> Device:
        """Let a device in, and hand it its key."""
        device_id, version = new_id(), self.masters.newest()

        async def unit(tx: Transaction) -> None:
            await devices.add(
                tx, tenant_id, device_id, kind="studio", name="A", scopes=scopes, master_version=version, by=OPERATOR
            )

        await self.database.write(unit, tenant=tenant_id)
        return self.as_device(device_id, self.device_key(device_id, version))

    def as_device(self, device_id: str, key: bytes) -> Device:
        return Device(device_id, key, self.bridge.client, f"127.0.0.1:{self.bridge.port}")

    def device_key(self, device_id: str, version: int, generation: int = 1) -> bytes:
        raw = int(device_id.translate(_AS_INT), 32).to_bytes(16)
        return signing.device_key(self.masters.all()[version], self.masters.bridge_id, raw, generation)

    async def game_key(self, tenant_id: str = SCHOOL, **lists: Any) -> tuple[str, str]:
        """Make a game key; return its id and its text."""
        wanted = NewGameKey("Fractions", lists.pop("universes", (UNIVERSE,)), **lists)

        async def unit(tx: Transaction) -> tuple[str, str]:
            made, text = await game_keys.create(tx, self.by, tenant_id, wanted)
            return made.id, text.reveal()

        return await self.database.write(unit, tenant=tenant_id)

    async def found(self, key_id: str) -> Found | None:
        async def unit(tx: Transaction) -> Found | None:
            return await service.find(tx, key_id.partition(".")[0])

        return await self.database.read(unit)

    async def suspend(self, tenant_id: str = SCHOOL) -> None:
        async def unit(tx: Transaction) -> None:
            await tenants.suspend(tx, self.by, self.app[RIGHTS], tenant_id)

        await self.database.write(unit, tenant=tenant_id)

    def rotate(self, *, seconds_ago: int = 60) -> int:
        """Put another version into the key file, as long ago as it takes until it is used."""
        keys = key_file.read(self.key_path)
        key_file.write(self.key_path, keys.with_another(made_at=int(self.clock()) - seconds_ago, in_use=True))
        self.look()
        return keys.keys[-1].version + 1

    def look(self) -> None:
        """Have the bridge look at the key file now, and not within a second."""
        look(self.app)


_AS_INT: Mapping[int, int] = str.maketrans("0123456789abcdefghjkmnpqrstvwxyz", "0123456789abcdefghijklmnopqrstuv")


@asynccontextmanager
async def gate_house(folder: Path, config: DatabaseConfig, **changed: Any) -> AsyncIterator[GateHouse]:
    settings = replace(Settings(data_dir=folder, database_url=config.url), **changed)
    app = create_app(settings, audit_keys=FixedKeys())
    clock = Clock()
    made: dict[str, Any] = {}

    async def sessions(app: web.Application) -> AsyncIterator[None]:
        masters = Masters(app[ACCOUNTS].vault.ring, await bridge_id(app[DATABASE]), clock)
        store, counted = TableStore(app[TABLE]), Counted(app[DATABASE])
        limits = Limits(400, settings.body_limit_bytes)
        app[SESSIONS] = put_together(
            masters, cast("GateStore", store), lambda: cast("Database", counted), limits, clock=clock
        )
        made.update(masters=masters, store=store, counted=counted)
        yield

    app.cleanup_ctx.append(sessions)
    async with serving(app) as bridge:
        await seed_tenants(app[DATABASE])
        yield GateHouse(bridge, clock=clock, key_path=settings.key_path, **made)
