"""A session from its opening to its end, in the bridge as it is: what was opened signs requests."""

from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator

import pytest

from backend.accounts.keys.gamekeys.service import KEYS
from backend.db.unit import Transaction
from backend.sealing import key_file
from backend.web.keys import RIGHTS
from bridge.gate.sessions import store
from tests.contract.signing import Session
from tests.gate.house import GateHouse
from tests.integration.db.waiting import until, until_asked
from tests.integration.gate.sessions.test_game_opening import ask
from tests.integration.gate.signer import Signer, is_proven, send
from tests.integration.web.wire import Received, Wire, connected
from tests.ledger.people import SCHOOL


@pytest.fixture
async def wire(house: GateHouse) -> AsyncIterator[Wire]:
    async with connected(house.bridge.port) as opened:
        yield opened


def signer_of(house: GateHouse, key_id: str) -> Signer:
    """Return what signs with the key that a device took out of its grant."""
    sid, _, epoch = key_id.partition(".")
    raw = urlsafe_b64decode(f"{sid}==")
    version, shard = raw[0], int.from_bytes(raw[1:3])
    session = Session(house.masters.all()[version], house.masters.bridge_id, version, shard, raw[3:], epoch)
    return Signer(session, house.bridge.port)


async def opened(house: GateHouse) -> Signer:
    device = await house.device()
    sent = await device.open()
    signer = signer_of(house, sent.answer.json["key_id"])
    assert signer.session.key == device.session_key(sent)
    return signer


async def get(wire: Wire, signer: Signer) -> Received:
    request = signer.sign("GET", "/v1/session")
    received = await send(wire, request)
    assert 401 == received.status or is_proven(signer.session, request, received)
    return received


async def test_a_device_signs_with_the_session_that_it_opened(house: GateHouse, wire: Wire) -> None:
    signer = await opened(house)
    received = await get(wire, signer)
    assert 200 == received.status, received.body
    told = received.json
    found = await house.found(signer.session.key_id)
    assert found is not None
    assert (found.principal.holder_id, None) == (told["device_id"], told["game_key_id"])
    assert (SCHOOL, ["sync"]) == (told["tenant_id"], told["scopes"])
    assert 890 <= told["expires_in_seconds"] <= 900


async def test_a_game_server_signs_with_the_session_that_it_opened(house: GateHouse, wire: Wire) -> None:
    key_id, text = await house.game_key()
    signer = signer_of(house, (await ask(house, text)).json["key_id"])
    told = (await get(wire, signer)).json
    assert (None, key_id, ["game", "read"]) == (told["device_id"], told["game_key_id"], told["scopes"])


async def test_a_session_that_ended_itself_is_over_at_once(house: GateHouse, wire: Wire) -> None:
    signer, other = await opened(house), await opened(house)
    assert 200 == (await get(wire, signer)).status
    request = signer.sign("DELETE", "/v1/session")
    gone = await send(wire, request)
    assert (204, True) == (gone.status, is_proven(signer.session, request, gone))
    after = await get(wire, signer)
    assert (403, "revoked") == (after.status, after.json["code"])
    assert 200 == (await get(wire, other)).status


async def test_a_session_is_over_at_once_when_its_game_key_is_revoked(house: GateHouse, wire: Wire) -> None:
    game_key, text = await house.game_key()
    signer = signer_of(house, (await ask(house, text)).json["key_id"])
    assert 200 == (await get(wire, signer)).status

    async def revoke(tx: Transaction) -> None:
        await KEYS.revoke(tx, house.by, house.app[RIGHTS], SCHOOL, game_key)

    await house.database.write(revoke, tenant=SCHOOL)
    after = await get(wire, signer)
    assert (403, "revoked") == (after.status, after.json["code"])


async def test_a_session_stops_when_its_tenant_is_suspended(house: GateHouse, wire: Wire) -> None:
    signer = await opened(house)
    assert 200 == (await get(wire, signer)).status
    await house.suspend()
    after = await get(wire, signer)
    assert (403, "revoked") == (after.status, after.json["code"])


async def test_a_rotation_ends_no_session_and_the_gate_knows_the_new_version(house: GateHouse, wire: Wire) -> None:
    before = await opened(house)
    house.rotate()
    await until(lambda: house.masters.newest() == 2)
    after = await opened(house)
    assert 2 == after.session.master_version
    # The gate looks at the key file by itself: a session of the new version is let in as soon as it has.
    await until_asked(lambda: get(wire, after), lambda received: received.status == 200)
    assert 200 == (await get(wire, before)).status


async def test_sessions_of_a_version_that_was_taken_out_are_over(house: GateHouse, wire: Wire) -> None:
    signer = await opened(house)
    assert 200 == (await get(wire, signer)).status
    house.rotate()
    key_file.write(house.key_path, key_file.read(house.key_path).without(1))
    await until_asked(lambda: get(wire, signer), lambda received: received.status == 401)


async def test_a_session_whose_record_is_gone_has_to_be_opened_anew(house: GateHouse, wire: Wire) -> None:
    signer = await opened(house)

    async def forget(tx: Transaction) -> None:
        await store.forget(tx, signer.session.sid)

    await house.database.write(forget)
    answer = await get(wire, signer)
    assert (401, "epoch") == (answer.status, answer.json["code"])
