"""The connection breaks after the commit and before the answer: what is sent again is done once, for every mutation.

A proxy cuts the answer off and keeps it, so that the answer to the repeat can be compared with the one that was lost.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import orjson
import pytest

from backend.accounts.keys.apikeys import routes as api_keys
from backend.accounts.keys.gamekeys import routes as game_keys
from backend.accounts.tenants import routes as tenants
from backend.db.config import DatabaseConfig
from backend.web.route import SECRET_SHOWN, IdempotentBy, Route
from bridge.gate.oneself.routes import SESSION
from bridge.keys import DATABASE
from bridge.settings import Settings
from tests.contract.access_requests import REQUESTS
from tests.contract.access_table import NOBODY, Place, all_routes, golden, places, signed_routes, success
from tests.contract.account_requests import ABOUT_ONESELF, Prepared, with_accounts
from tests.contract.test_signed import body_of
from tests.fakes.cutting_proxy import CuttingProxy
from tests.integration.gate.house import House
from tests.integration.gate.signer import REPLAYED, Signer, is_proven, send, written
from tests.integration.web.conftest import Bridge, serving
from tests.integration.web.waiting import until
from tests.integration.web.wire import Received, connected, request
from tests.ledger.books import routes as books
from tests.ledger.people import SCHOOL, Directory, Person, everybody
from tests.ledger.seed import seed_tenants
from tests.ledger.worker import create_app

MUTATIONS: Final = [route for route in all_routes() if route.is_mutation]
SIGNED_MUTATIONS: Final = [route for route in signed_routes() if route.is_mutation]
# Rows that come and go with time alone.
OF_TIME: Final = {"leases"}
# Where the repeat has another answer, which tells as much: what was to end has ended.
ANSWERED_OTHERWISE: Final = {
    f"DELETE {SESSION}": (403, "revoked"),
    f"DELETE {tenants.TENANT}": (404, "not_found"),
    f"DELETE {books.BOOK}": (404, "not_found"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    replayed: bool

    @property
    def json(self) -> Any:
        return orjson.loads(self.body) if self.body else None


@dataclass(frozen=True, slots=True)
class Cut:
    """A bridge behind a proxy that can lose its answers."""

    bridge: Bridge
    proxy: CuttingProxy
    people: Mapping[str, Person]
    database: Path

    async def rows(self) -> dict[str, list[Any]]:
        """Return every row there is, once the work after the commits is done."""
        await until(lambda: asyncio.to_thread(_is_quiet, self.database))
        return await asyncio.to_thread(_rows, self.database)

    def lost(self) -> Answer:
        """Return the answer that was cut off."""
        assert 1 == self.proxy.was_cut
        (began,) = self.proxy.lost
        head, _, body = began.partition(b"\r\n\r\n")
        return Answer(int(head.split()[1]), body, REPLAYED.lower().encode() in head.lower())


def _is_quiet(path: Path) -> bool:
    """Whether nothing is left of what was to be done by now."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        due = "SELECT count(*) FROM outbox WHERE state = 'pending' AND due_at <= ?"
        (count,) = connection.execute(due, (time.time_ns() // 1_000_000,)).fetchone()
        return int(count) == 0


def _rows(path: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)  # noqa: S608 - our names
            for name in sorted(set(names) - OF_TIME)
        }


@pytest.fixture
async def cut(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[Cut]:
    directory = Directory()
    app = create_app(Settings(data_dir=tmp_path, database_url=sqlite_database.url), directory=directory)
    async with serving(app) as bridge, CuttingProxy(bridge.port) as proxy:
        await seed_tenants(app[DATABASE])
        people = await with_accounts(app, everybody().values())
        directory.add(*people.values())
        path = Path(sqlite_database.url.reveal().partition("://")[2].partition("?")[0])
        yield Cut(bridge, proxy, people, path)


def allowed(route: Route) -> tuple[str, Place]:
    """Return somebody who may ask it, and where."""
    for place in places(route):
        row = golden()[route.name, place.name]
        for name in (NOBODY, *everybody()):
            if row[name].startswith("2"):
                return name, place
    raise AssertionError(f"nobody may {route.name}")


async def asked(cut: Cut, asks: bytes) -> Answer | None:
    """Ask through the proxy; return nothing where the connection ended without an answer."""
    async with connected(cut.proxy.port) as wire:
        await wire.send(asks)
        try:
            return answer_of(await wire.receive())
        except (asyncio.IncompleteReadError, ConnectionError):
            return None


def answer_of(received: Received) -> Answer:
    return Answer(received.status, received.body, received.header(REPLAYED) is not None)


def written_plainly(cut: Cut, route: Route, target: str, prepared: Prepared, headers: dict[str, str]) -> bytes:
    lines = [f"{name}: {value}" for name, value in {"Idempotency-Key": str(uuid4()), **headers}.items()]
    body = b""
    if prepared.json is not None:
        lines.append("Content-Type: application/json")
        body = orjson.dumps(prepared.json)
    return request(cut.bridge.port, target, method=route.method, body=body, headers="\n".join(lines))


def check_repeat(route: Route, lost: Answer, again: Answer) -> None:
    """The repeat is answered as the first was: to the letter, but for a secret and for what the route says of it."""
    assert success(route) == lost.status, lost.body
    assert not lost.replayed
    if route.name in ANSWERED_OTHERWISE:
        assert ANSWERED_OTHERWISE[route.name] == (again.status, again.json["code"])
    elif route.idempotent_by is IdempotentBy.VERSION:
        assert (412, "precondition_failed") == (again.status, again.json["code"])
    elif route.again is not None:
        assert (200, True, False) == (again.status, lost.json[SECRET_SHOWN], again.json[SECRET_SHOWN])
        kept = {name for name, value in again.json.items() if value is not None} - {SECRET_SHOWN}
        assert {name: lost.json[name] for name in kept} == {name: again.json[name] for name in kept}
    elif route.idempotent_by is IdempotentBy.BODY:
        # It tells how much of what its body names was new.
        assert lost.status == again.status
    else:
        assert (lost.status, lost.body) == (again.status, again.body)
        assert (route.idempotent_by is IdempotentBy.KEY) == again.replayed


@pytest.mark.parametrize("route", MUTATIONS, ids=[route.name for route in MUTATIONS])
async def test_what_is_sent_again_after_a_lost_answer_is_done_once(cut: Cut, route: Route) -> None:
    name, place = allowed(route)
    person = cut.people.get(name)
    prepare = {**REQUESTS, **ABOUT_ONESELF}.get(route.name)
    prepared = Prepared() if prepare is None else await prepare(cut.bridge.app, replace(place, asking=person))
    target = route.path.format(**place.values, **prepared.values)
    headers = {**prepared.headers, **({} if person is None else person.authorization)}
    asks = written_plainly(cut, route, target, prepared, headers)
    before = await cut.rows()

    cut.proxy.cuts = 1
    assert await asked(cut, asks) is None
    once = await cut.rows()
    again = await asked(cut, asks)

    assert again is not None
    check_repeat(route, cut.lost(), again)
    assert once == await cut.rows()
    if route.idempotent_by is IdempotentBy.KEY:
        assert before != once


@pytest.mark.parametrize("route", SIGNED_MUTATIONS, ids=[route.name for route in SIGNED_MUTATIONS])
async def test_what_is_signed_again_after_a_lost_answer_is_done_once(cut: Cut, route: Route) -> None:
    signer = await House(cut.bridge).signer(scopes=route.signed)
    before = await cut.rows()
    key = str(uuid4())

    cut.proxy.cuts = 1
    assert await asked(cut, written(signer.sign(route.method, route.path, body_of(route), idempotency_key=key))) is None
    once = await cut.rows()
    again = await signed_again(cut, signer, route, key)

    check_repeat(route, cut.lost(), answer_of(again))
    assert before != once
    assert once == await cut.rows()


async def signed_again(cut: Cut, signer: Signer, route: Route, key: str) -> Received:
    """Send it with the next number and the same key."""
    request = signer.sign(route.method, route.path, body_of(route), idempotency_key=key)
    async with connected(cut.proxy.port) as wire:
        received = await send(wire, request)
    assert is_proven(signer.session, request, received)
    return received


def test_every_mutation_is_asked() -> None:
    assert len(MUTATIONS) >= 40
    assert {f"POST {api_keys.API_KEYS}", f"POST {game_keys.GAME_KEYS}"} <= {route.name for route in MUTATIONS}
    assert SIGNED_MUTATIONS


@pytest.mark.parametrize(
    ("routes", "named", "wanted"),
    [
        (api_keys.API_KEYS, "api_keys", {"scopes": ["lesson.read"]}),
        (game_keys.GAME_KEYS, "game_keys", {"universes": [1]}),
    ],
    ids=["API key", "game key"],
)
async def test_of_a_key_whose_answer_was_lost_there_is_one_and_the_repeat_shows_it_without_its_secret(
    cut: Cut, routes: str, named: str, wanted: dict[str, object]
) -> None:
    by = cut.people["school_admin"]
    route = next(route for route in MUTATIONS if route.name == f"POST {routes}")
    target = routes.format(tenant_id=SCHOOL)
    prepared = Prepared(json={"name": "Lost once", **wanted})
    asks = written_plainly(cut, route, target, prepared, by.authorization)

    cut.proxy.cuts = 1
    assert await asked(cut, asks) is None
    again = await asked(cut, asks)

    assert again is not None
    lost = cut.lost()
    secret = lost.json["text"]
    assert (201, 200) == (lost.status, again.status)
    assert secret.startswith("tbx_")
    assert secret.rpartition("_")[2].encode() not in again.body
    assert (False, None) == (again.json[SECRET_SHOWN], again.json["text"])
    async with cut.bridge.client.get(target, headers=by.authorization) as answer:
        listed = (await answer.json())[named]
    assert 1 == [each["name"] for each in listed].count("Lost once")
