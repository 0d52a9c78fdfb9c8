"""The product as it is, on each database, with somebody for each role beside the real keys."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientResponse, web

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.callers import look_up
from backend.accounts.keys.text_form import SHAPE
from backend.accounts.people import store as people_store
from backend.accounts.signin.hashing import Cost, Hasher
from backend.db.config import DatabaseConfig
from backend.db.unit import Database
from backend.web.credentials import Credentials
from backend.web.keys import RIGHTS
from backend.web.known_callers import Found, KnownCallers
from backend.web.rights_cache import RightsCache
from bridge.app import create_app
from bridge.keys import DATABASE
from bridge.settings import Settings
from tests.accounts.house import House
from tests.audit.keys import FixedKeys
from tests.integration.web.conftest import Bridge, serving
from tests.ledger.people import MATRIX, Directory, one_of_each
from tests.ledger.seed import seed_tenants

PEOPLE = one_of_each()
KEYS = FixedKeys()


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    headers: Any
    json: Any

    @property
    def code(self) -> str | None:
        return self.json.get("code") if isinstance(self.json, dict) else None


class School:
    """A bridge, and whoever asks it."""

    def __init__(self, bridge: Bridge) -> None:
        self.app = bridge.app
        self._client = bridge.client

    @property
    def database(self) -> Database:
        return self.app[DATABASE]

    async def ask(
        self, method: str, target: str, json: object = None, *, who: str = "school_admin", **headers: str
    ) -> Answered:
        """Send a request as somebody with a role, or with the text of a key."""
        said = PEOPLE[who].authorization if who in PEOPLE else {"Authorization": f"Bearer {who}"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Idempotency-Key": str(uuid4()), **said, **named}
        async with self._client.request(method, target, json=json, headers=sent) as response:
            return await _answered(response)

    async def send(self, method: str, target: str, headers: list[tuple[str, str]]) -> Answered:
        """Send a request with these headers, which may stand twice."""
        async with self._client.request(method, target, headers=headers) as response:
            return await _answered(response)

    async def fetch(self, target: str, *, who: str) -> bytes:
        """Return a file as it is sent."""
        async with self._client.request("GET", target, headers=PEOPLE[who].authorization) as response:
            assert response.status == 200
            return await response.read()


async def _answered(response: ClientResponse) -> Answered:
    body = await response.read()
    return Answered(response.status, response.headers, await response.json(content_type=None) if body else None)


@pytest.fixture
async def school(tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[School]:
    directory = Directory(PEOPLE.values())
    real = look_up(lambda: app[DATABASE], MATRIX)

    async def find(credentials: Credentials) -> Found | None:
        is_real = SHAPE.fullmatch(credentials.secret.reveal()) is not None
        return await (real(credentials) if is_real else directory.find(credentials))

    known = KnownCallers(find, RightsCache(lambda: app[RIGHTS].generation))
    app: web.Application = create_app(
        Settings(data_dir=tmp_path, database_url=database_config.url), authenticator=known, audit_keys=KEYS
    )
    async with serving(app) as bridge:
        await seed_tenants(app[DATABASE])
        for name in ("school_admin", "platform_operator"):
            await make_account(app, PEOPLE[name].id)
        yield School(bridge)


async def make_account(app: web.Application, person_id: str) -> None:
    """Give somebody of the tests an account: a letter names who invites."""
    key, wrapped = app[ACCOUNTS].vault.platform.new_subject(person_id)
    values = {
        "id": person_id,
        "wrapped_key": wrapped,
        "email": key.seal("people", "email", person_id, "head@school.example"),
        "name": key.seal("people", "name", person_id, "The Head"),
        "digest_version": 1,
        "locale": "en",
    }
    await app[DATABASE].write(lambda tx: people_store.add(tx, values))


@pytest.fixture
async def house(tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[House]:
    """The product as it is, with the tenants of the tests and nobody in them yet."""
    settings = Settings(data_dir=tmp_path, database_url=database_config.url)
    app: web.Application = create_app(settings, hasher=Hasher(Cost(memory_kib=1024, passes=1)))
    async with serving(app) as bridge:
        await seed_tenants(app[DATABASE])
        yield House(app, bridge.client, tmp_path)
