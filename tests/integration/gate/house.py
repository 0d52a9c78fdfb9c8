"""A bridge with sessions of devices, made as the opening of a session makes them."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from sqlalchemy import insert, update

from backend.accounts.audit.event import Actor
from backend.accounts.audit.words import SystemPart
from backend.accounts.keys.gamekeys.store import GAME_KEYS
from backend.accounts.keys.lookups import store as lookups
from backend.accounts.keys.text_form import Kind
from backend.accounts.tenants.models import TenantRow
from backend.db.config import DatabaseConfig
from backend.db.unit import Transaction
from backend.ids import new_id
from bridge.gate.gatehouse import GATEHOUSE, Gatehouse
from bridge.gate.limits import RULES, Rule
from bridge.gate.sessions.models import BridgeSessionRow
from bridge.keys import DATABASE, RIGHTS
from bridge.settings import Settings
from tests.contract.signing import Session
from tests.integration.gate.signer import Signer
from tests.integration.web.conftest import Bridge, serving
from tests.ledger.people import SCHOOL
from tests.ledger.seed import seed_tenants
from tests.ledger.worker import create_app

LIFE_SECONDS = 900
FAR_AWAY = 2**52
UNIVERSE = 9801
EVERYWHERE: Mapping[str, Any] = {"universes": (UNIVERSE,), "places": (), "networks": ()}


@dataclass(frozen=True, slots=True)
class House:
    bridge: Bridge

    @property
    def app(self) -> web.Application:
        return self.bridge.app

    @property
    def gate(self) -> Gatehouse:
        return self.app[GATEHOUSE]

    async def signer(self, **changed: Any) -> Signer:
        """Open a session of a new device; what is given stands in its record."""
        session = await open_session(self.app, **changed)
        return Signer(session, self.bridge.port)

    async def revoke(self, session: Session) -> None:
        """End a session as somebody who may does it."""
        rights = self.app[RIGHTS]

        async def unit(tx: Transaction) -> None:
            ended = update(BridgeSessionRow).where(BridgeSessionRow.sid == session.sid).values(revoked_at=1)
            await tx.execute(ended)
            await rights.changed(tx)

        await self.app[DATABASE].write(unit)

    async def change_tenant(self, tenant_id: str, state: str) -> None:
        rights = self.app[RIGHTS]

        async def unit(tx: Transaction) -> None:
            await tx.execute(update(TenantRow).where(TenantRow.id == tenant_id).values(state=state))
            await rights.changed(tx)

        await self.app[DATABASE].write(unit)


async def add_game_key(app: web.Application, tenant_id: str, key_id: str, **lists: Any) -> None:
    by = Actor.system(SystemPart.COMMAND_LINE)

    async def unit(tx: Transaction) -> None:
        await GAME_KEYS.add(tx, tenant_id, key_id, name="A key", by=by, days=1, lists={**EVERYWHERE, **lists})
        await lookups.add(tx, Kind.GAME, tenant_id, key_id, os.urandom(32))

    await app[DATABASE].write(unit, tenant=tenant_id)


async def open_session(
    app: web.Application, *, with_window: bool = True, lists: Mapping[str, Any] | None = None, **changed: Any
) -> Session:
    gate = app[GATEHOUSE]
    version = gate.masters.newest()
    master, bridge_id = gate.masters.key(version), gate.masters.bridge_id
    session = Session(master, bridge_id, version, 0, os.urandom(16), gate.store.epoch)
    row: dict[str, Any] = {
        "sid": session.sid,
        "epoch": session.epoch,
        "tenant_id": SCHOOL,
        "kind": "device",
        "holder_id": new_id(),
        "scopes": ("sync",),
        "universe_id": UNIVERSE,
        "master_version": version,
        "opened_at": 1,
        "ends_at": FAR_AWAY,
    } | changed
    row["scopes"] = orjson.dumps(row["scopes"]).decode()

    async def unit(tx: Transaction) -> None:
        await tx.execute(insert(BridgeSessionRow).values(**row))

    await app[DATABASE].write(unit)
    if row["kind"] == "game_key":
        await add_game_key(app, row["tenant_id"], row["holder_id"], **(lists or {}))
    if with_window:
        await gate.store.open_window(session.random, life_seconds=LIFE_SECONDS)
    return session


@asynccontextmanager
async def open_house(
    folder: Path,
    database: DatabaseConfig,
    *,
    rules: tuple[Rule, ...] = RULES,
    is_seeded: bool = False,
    parts: Mapping[str, Any] | None = None,
    **changed: Any,
) -> AsyncIterator[House]:
    app = create_app(Settings(data_dir=folder, database_url=database.url, **changed), rate_rules=rules, **(parts or {}))
    async with serving(app) as bridge:
        if not is_seeded:
            await seed_tenants(app[DATABASE])
        yield House(bridge)
