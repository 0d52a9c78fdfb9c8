"""A game key's lists of experiences, places and networks, held at each request of its sessions."""

from base64 import b64decode
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import delete, update

from backend.accounts.keys.gamekeys.models import GameKeyRow
from backend.db.unit import Transaction
from backend.web.keys import RIGHTS
from tests.gate.house import PLACE, UNIVERSE, GateHouse
from tests.gate.taken import signer_with
from tests.integration.gate.sessions.test_game_opening import HTTPS, ask
from tests.integration.gate.signer import Signer, is_proven, send
from tests.integration.web.wire import Received, Wire, connected
from tests.ledger.people import SCHOOL

INSIDE, ALSO_INSIDE, OUTSIDE = "128.116.5.1", "2620:2b:e000::7", "128.117.5.1"
NETWORKS = ("128.116.0.0/17", "2620:2b:e000::/48")


@pytest.fixture
async def wire(house: GateHouse) -> AsyncIterator[Wire]:
    async with connected(house.bridge.port) as opened:
        yield opened


async def opened(house: GateHouse, **lists: Any) -> tuple[str, Signer]:
    """Return a game key's id, and the session of a server that came from inside."""
    key_id, text = await house.game_key(**lists)
    granted = (await ask(house, text, HTTPS | {"X-Forwarded-For": INSIDE})).json
    return key_id, signer_with(granted["key_id"], b64decode(granted["key"]), house.bridge.port)


async def get(wire: Wire, signer: Signer, *, address: str | None) -> tuple[int, str | None]:
    """Ask over plain http, where the answer has to be proven."""
    lines = () if address is None else (f"X-Forwarded-For: {address}",)
    request = signer.sign("GET", "/v1/session")
    received: Received = await send(wire, request, add=lines)
    assert is_proven(signer.session, request, received)
    return received.status, received.json.get("code")


async def change(house: GateHouse, key_id: str, **lists: str) -> None:
    rights = house.app[RIGHTS]
    whose = (GameKeyRow.tenant_id == SCHOOL, GameKeyRow.id == key_id)
    statement = update(GameKeyRow).where(*whose).values(**lists) if lists else delete(GameKeyRow).where(*whose)

    async def unit(tx: Transaction) -> None:
        await tx.execute(statement)
        await rights.changed(tx)

    await house.database.write(unit, tenant=SCHOOL)


async def test_each_request_has_to_come_from_a_network_of_the_key(house: GateHouse, wire: Wire) -> None:
    _, signer = await opened(house, networks=NETWORKS)

    answers = [await get(wire, signer, address=each) for each in (INSIDE, OUTSIDE, ALSO_INSIDE, None, OUTSIDE, INSIDE)]

    refused = (403, "place_not_allowed")
    assert [(200, None), refused, (200, None), refused, refused, (200, None)] == answers


async def test_a_key_without_networks_serves_everywhere(house: GateHouse, wire: Wire) -> None:
    _, signer = await opened(house)

    assert [(200, None)] * 2 == [await get(wire, signer, address=each) for each in (OUTSIDE, None)]


@pytest.mark.parametrize("lists", [{"universes": f"[{UNIVERSE + 1}]"}, {"places": f"[{PLACE + 1}]"}])
async def test_a_session_is_held_to_the_lists_as_they_are_now(
    house: GateHouse, wire: Wire, lists: dict[str, str]
) -> None:
    key_id, signer = await opened(house, places=(PLACE,))
    assert (200, None) == await get(wire, signer, address=INSIDE)

    await change(house, key_id, **lists)

    assert (403, "place_not_allowed") == await get(wire, signer, address=INSIDE)


async def test_a_session_whose_key_is_not_there_is_over(house: GateHouse, wire: Wire) -> None:
    key_id, signer = await opened(house)
    await change(house, key_id)

    assert (403, "revoked") == await get(wire, signer, address=INSIDE)
