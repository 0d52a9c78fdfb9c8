"""A session asks about itself, gets a ticket, and ends itself."""

import time

import orjson
import pytest

from backend.errors import StoreUnavailable
from bridge.gate.gatehouse import Gatehouse
from bridge.gate.oneself.routes import SESSION
from bridge.gate.principal import Scope
from bridge.gate.tickets.routes import TICKETS
from bridge.gate.tickets.service import Tickets
from bridge.keys import TABLE
from tests.integration.gate.house import House
from tests.integration.gate.signer import is_proven, send
from tests.integration.web.wire import Wire, connected
from tests.ledger.notes.routes import NOTES
from tests.ledger.people import SCHOOL


async def test_a_session_is_told_whose_it_is_what_it_may_and_for_how_long(house: House, wire: Wire) -> None:
    ends_at = int(time.time() * 1000) + 500_500
    device = await house.signer(holder_id="d" * 26, scopes=("publish", "sync"), ends_at=ends_at)
    game = await house.signer(kind="game_key", holder_id="g" * 26, scopes=("game",), project_id="p" * 26)

    of_device, of_game = [(await send(wire, each.sign("GET", SESSION))).json for each in (device, game)]

    assert abs(of_device.pop("time_milliseconds") / 1000 - time.time()) < 60
    assert 440 <= of_device.pop("expires_in_seconds") <= 500
    whose = {"device_id": "d" * 26, "game_key_id": None, "tenant_id": SCHOOL, "project_id": None}
    assert {**whose, "scopes": ["sync", "publish"]} == of_device
    assert [None, "g" * 26, "p" * 26] == [of_game[name] for name in ("device_id", "game_key_id", "project_id")]


async def test_a_session_that_is_over_and_still_answers_has_nothing_left(house: House, wire: Wire) -> None:
    signer = await house.signer(ends_at=int(time.time() * 1000) - 30_000)

    assert 0 == (await send(wire, signer.sign("GET", SESSION))).json["expires_in_seconds"]


async def test_a_session_ends_itself_at_once_and_no_other(each_house: House) -> None:
    ended, other = [await each_house.signer() for _ in range(2)]
    async with connected(each_house.bridge.port) as wire:
        request = ended.sign("DELETE", SESSION)
        received = await send(wire, request)
        assert 204 == received.status
        assert is_proven(ended.session, request, received)

        statuses = [(await send(wire, each.sign("GET", NOTES))).status for each in (ended, other)]

    assert [403, 200] == statuses


async def test_a_ticket_is_for_the_session_that_asked_for_it(house: House, wire: Wire) -> None:
    signer = await house.signer()
    body = orjson.dumps({"method": "GET", "path": "/v1/blobs/12"})
    made = await send(wire, signer.sign("POST", TICKETS, body))
    gate: Gatehouse = house.gate

    checked = await Tickets(gate.masters, gate.records, gate.store).check(
        made.json["ticket"], "GET", "/v1/blobs/12", frozenset({Scope.SYNC}), once=True
    )

    assert (201, 30) == (made.status, made.json["expires_in_seconds"])
    assert (signer.session.sid, SCHOOL) == (checked.sid, checked.tenant_id)


@pytest.mark.parametrize("path", ["", "/", "/api/v1/tenants", "/v1/blobs/1?a=b", "/v1/blobs/1#a", "/v1/ä", "/v1/a b"])
async def test_a_ticket_for_another_kind_of_address_is_not_given(house: House, wire: Wire, path: str) -> None:
    signer = await house.signer()
    refused = await send(wire, signer.sign("POST", TICKETS, orjson.dumps({"method": "GET", "path": path})))

    assert (400, "invalid_request") == (refused.status, refused.json["code"])


async def test_for_a_session_that_ends_itself_no_other_session_is_looked_up_again(house: House, wire: Wire) -> None:
    others = [await house.signer() for _ in range(20)]
    ended = await house.signer()
    for each in (*others, ended):
        assert 200 == (await send(wire, each.sign("GET", NOTES))).status
    read, revocations = house.gate.meter.record_loads, house.app[TABLE].revocations

    assert 204 == (await send(wire, ended.sign("DELETE", SESSION))).status
    after = {(await send(wire, each.sign("GET", NOTES))).status for each in others}

    assert {200} == after
    assert (read, revocations) == (house.gate.meter.record_loads, house.app[TABLE].revocations)


async def test_where_the_end_could_not_be_told_to_the_window_everybody_reads_the_records(
    house: House, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_sid: bytes) -> None:
        raise StoreUnavailable("It is away.")

    monkeypatch.setattr(house.gate.store, "end_window", away)
    signer = await house.signer()
    assert 200 == (await send(wire, signer.sign("GET", NOTES))).status

    assert 204 == (await send(wire, signer.sign("DELETE", SESSION))).status
    refused = await send(wire, signer.sign("GET", NOTES))

    assert (403, "revoked") == (refused.status, refused.json["code"])
