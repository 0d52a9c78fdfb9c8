"""Every route that takes signed requests, asked by nobody, by callers and by sessions of every scope."""

from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from backend.db.config import DatabaseConfig
from backend.web.route import SIGNED, Route
from bridge.gate.principal import ALL_SCOPES
from bridge.gate.tickets.routes import TICKETS
from tests.contract.access_table import signed_routes, success
from tests.integration.gate.house import House, open_house
from tests.integration.gate.signer import is_proven, send
from tests.integration.web.wire import Wire, ask, connected, request
from tests.ledger.notes.routes import NOTES
from tests.ledger.people import Person, everybody

ROUTES = signed_routes()
# A body that is right, for each route that takes one.
BODIES: dict[str, object] = {
    f"POST {NOTES}": {"text": "swept"},
    f"POST {TICKETS}": {"method": "GET", "path": "/v1/blobs/0"},
}
# Routes that name something which is not there, whoever asks for it.
NOTHING_THERE: dict[str, dict[str, str]] = {"POST /v1/streams/{stream_id}/extend": {"stream_id": "x" * 22}}


@pytest.fixture
async def house(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    async with open_house(tmp_path, sqlite_database) as opened:
        yield opened


@pytest.fixture
async def wire(house: House) -> AsyncIterator[Wire]:
    async with connected(house.bridge.port) as opened:
        yield opened


def body_of(route: Route) -> bytes:
    return orjson.dumps(BODIES[route.name]) if route.name in BODIES else b""


def path_of(route: Route) -> str:
    return route.path.format(**NOTHING_THERE.get(route.name, {}))


def test_there_are_signed_routes_and_each_that_takes_a_body_has_one() -> None:
    assert {SIGNED} == {route.permission for route in ROUTES}
    assert {route.name for route in ROUTES if route.request is not None} == BODIES.keys()


@pytest.mark.parametrize("route", ROUTES, ids=[route.name for route in ROUTES])
async def test_a_session_comes_in_only_with_every_scope_that_the_route_names(
    house: House, wire: Wire, route: Route
) -> None:
    assert route.signed is not None
    for held in ((), ALL_SCOPES, *((scope,) for scope in ALL_SCOPES)):
        signer = await house.signer(scopes=held)
        signed = signer.sign(route.method, path_of(route), body_of(route))
        received = await send(wire, signed)
        may = set(route.signed) <= set(held)
        let_in = 404 if route.name in NOTHING_THERE else success(route)
        assert (let_in if may else 403) == received.status, held
        assert is_proven(signer.session, signed, received)
        if not may:
            assert "out_of_scope" == received.json["code"]


@pytest.mark.parametrize("route", ROUTES, ids=[route.name for route in ROUTES])
async def test_nobody_comes_in_without_a_signature_whatever_else_they_bring(house: House, route: Route) -> None:
    port = house.bridge.port
    people: tuple[Person, ...] = tuple(everybody().values())
    credentials = [each for person in people for each in (person.authorization, person.cookie)]
    json = "Content-Type: application/json\nIdempotency-Key: 0123456789abcdef"
    for brought in ({}, *credentials):
        lines = "\n".join(f"{name}: {value}" for name, value in brought.items())
        head = f"{json}\n{lines}" if route.method != "GET" else lines
        received = await ask(
            port, request(port, path_of(route), method=route.method, body=body_of(route), headers=head)
        )
        assert (400, "malformed") == (received.status, received.json["code"])
        assert received.header("Answer-Proof") is None
