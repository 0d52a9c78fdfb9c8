"""The product as it is on each database, with somebody in it who may let devices in."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import update

from backend.accounts.signin.hashing import Cost, Hasher
from backend.db.config import DatabaseConfig
from backend.db.unit import Transaction
from backend.web.keys import DATABASE
from bridge.app import create_app
from bridge.gate.lifecycle import GATE, Gate
from bridge.gate.pairing.models import PairingRow
from bridge.settings import Settings
from tests.accounts.house import Answered, Browser, House
from tests.audit.keys import FixedKeys
from tests.integration.web.conftest import serving
from tests.ledger.people import SCHOOL
from tests.ledger.seed import seed_tenants

LAPTOP = {
    "kind": "studio",
    "name": "Ada's laptop",
    "version": "0.1.0",
    "place_id": 95206881,
    "universe_id": 9801,
}
MINE = f"/api/v1/tenants/{SCHOOL}"


@dataclass(frozen=True, slots=True)
class GateHouse(House):
    """A house whose gate devices ask at."""

    @property
    def gate(self) -> Gate:
        return self.app[GATE]

    async def post(self, path: str, json: object) -> Answered:
        """Send something as a device does: without a cookie, an origin or a key."""
        async with self.client.post(path, json=json) as response:
            text = await response.text()
            return Answered(response.status, response.headers, await response.json(content_type=None), text)

    async def pair(self, **changed: Any) -> Any:
        """Have a device ask to be let in, and return what it is told."""
        answer = await self.post("/v1/pair", {**LAPTOP, **changed})
        assert answer.status == 201, answer.text
        return answer.json

    async def redeem(self, asked: Any) -> Answered:
        return await self.post("/v1/pair/redeem", {"device_code": asked["device_code"]})

    async def set_pairings(self, **values: object) -> None:
        """Change what stands of every pairing, such as its times."""

        async def unit(tx: Transaction) -> None:
            await tx.execute(update(PairingRow).values(**values))

        await self.database.write(unit)

    async def author(self, email: str = "author@school.example", tenant_id: str = SCHOOL) -> Browser:
        """Return the browser of somebody who may let devices into a school, and has just proved who they are."""
        person = await self.add_person(email)
        await self.give(person, "curriculum_author", tenant_id)
        return await self.signed_in(email, step_up=True)


async def look_up(browser: Browser, code: str, place: str = MINE) -> Answered:
    return await browser.ask("POST", f"{place}/pairings/look-up", {"code": code})


async def approve(
    browser: Browser, pairing_id: str, scopes: tuple[str, ...] = ("sync",), place: str = MINE
) -> Answered:
    return await browser.ask("PUT", f"{place}/pairings/{pairing_id}/approval", {"scopes": list(scopes)})


async def deny(browser: Browser, pairing_id: str, place: str = MINE) -> Answered:
    return await browser.ask("PUT", f"{place}/pairings/{pairing_id}/denial")


async def let_in(browser: Browser, asked: Any, scopes: tuple[str, ...] = ("sync",)) -> Any:
    """Look a device up and approve it, and return what the person is shown."""
    found = await look_up(browser, asked["user_code"])
    assert found.status == 200, found.text
    approved = await approve(browser, found.json["id"], scopes)
    assert approved.status == 200, approved.text
    return approved.json


@pytest.fixture
async def house(tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[GateHouse]:
    settings = Settings(data_dir=tmp_path, database_url=database_config.url)
    app: web.Application = create_app(settings, hasher=Hasher(Cost(memory_kib=1024, passes=1)), audit_keys=FixedKeys())
    async with serving(app) as bridge:
        await seed_tenants(app[DATABASE])
        yield GateHouse(app, bridge.client, tmp_path)
