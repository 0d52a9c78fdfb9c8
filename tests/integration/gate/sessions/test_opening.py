"""How a device opens a session, and what it is refused."""

import asyncio
import json
from base64 import b64encode
from dataclasses import replace

import pytest

from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from backend.ids import new_id
from backend.web.keys import RIGHTS
from bridge.gate.devices import store as devices
from bridge.gate.principal import Scope
from bridge.gate.sessions import store as records
from bridge.gate.sessions.life import MOST_LIVE
from bridge.gate.sessions.store import NewRecord
from core_rs import WindowsFull, ed25519_public_key, session_key
from tests.gate.device import Device, Sent, in_header, post, signature_is_right
from tests.gate.house import PLACE, UNIVERSE, GateHouse
from tests.ledger.people import SCHOOL

NOT_PROVEN = "What this request brings to show who sent it does not hold; open a new session."


def refusal(sent: Sent) -> tuple[int, str | None, str]:
    return sent.answer.status, sent.answer.code, sent.answer.json["detail"]


async def fill(house: GateHouse, device: Device, count: int, *, is_revoked: bool = False) -> None:
    """Give a device so many sessions."""

    async def unit(tx: Transaction) -> None:
        for number in range(count):
            new = NewRecord(f"filled {number} {device.id}", "e", SCHOOL, "device", device.id, None, (), None, None, 1)
            await records.add(tx, new, life_milliseconds=900_000)
        if is_revoked:
            await records.end_of_holder(tx, SCHOOL, device.id)

    await house.database.write(unit)


async def test_a_device_takes_its_key_out_of_a_grant_that_only_the_bridge_can_have_made(house: GateHouse) -> None:
    device = await house.device(scopes=(Scope.SYNC, Scope.READ))
    sent = await device.open(place_id=PLACE, universe_id=UNIVERSE, job="j-1")
    assert 201 == sent.answer.status, sent.answer.body
    assert device.believes(sent)
    granted = sent.answer.json
    assert session_key(house.masters.all()[1], house.masters.bridge_id, granted["key_id"]) == device.session_key(sent)
    assert signature_is_right(sent, ed25519_public_key(house.masters.grant_seed(1)))
    told = {name: granted[name] for name in ("expires_in_seconds", "overlap_seconds", "requests", "window", "scopes")}
    assert {
        "expires_in_seconds": 900,
        "overlap_seconds": 60,
        "requests": 1_048_576,
        "window": 960,
        "scopes": ["sync", "read"],
    } == told
    assert {"requests_a_minute": 400, "body_bytes": 1_048_576} == granted["limits"]
    assert {"least": 1, "most": 1} == granted["protocol"]
    assert (SCHOOL, None, None) == (granted["tenant_id"], granted["project_id"], granted["new_device_key"])
    assert house.masters.bridge_id.hex() == granted["bridge"]["id"]
    assert None is granted["bridge"]["endorsement"]


async def test_a_session_has_a_window_and_a_record_of_who_it_is(house: GateHouse) -> None:
    device = await house.device()
    sent = await device.open(place_id=PLACE, universe_id=UNIVERSE)
    key_id = sent.answer.json["key_id"]
    assert [900] == [life for _, life in house.store.windows]
    found = await house.found(key_id)
    assert found is not None
    who = found.principal
    assert (key_id, "device", device.id, SCHOOL) == (who.key_id, who.kind, who.holder_id, who.tenant_id)
    assert (frozenset({Scope.SYNC}), PLACE, UNIVERSE, False) == (
        who.scopes,
        who.place_id,
        who.universe_id,
        found.revoked,
    )


async def test_every_device_id_gets_a_challenge_of_forty_bytes(house: GateHouse) -> None:
    device, nobody = await house.device(), house.as_device(new_id(), bytes(32))
    assert 40 == len(await device.challenge())
    assert 40 == len(await nobody.challenge())


async def test_no_challenge_is_like_another(house: GateHouse) -> None:
    device = await house.device()
    made = [await device.challenge("the same text") for _ in range(10)]
    assert 10 == len(set(made))


async def test_whoever_is_not_the_device_is_told_one_thing(house: GateHouse) -> None:
    device = await house.device()
    wrong_key = replace(device, key=bytes(32))
    unknown = house.as_device(new_id(), device.key)
    revoked = replace(await house.device(), key=bytes(32))
    await revoke(house, revoked)
    told = [await each.open() for each in (wrong_key, unknown, revoked)]
    told.append(await device.send(*_parts(await device.open()), proof="none"))
    told.append(await device.send(*_parts(await device.open()), proof=in_header(bytes(31))))
    assert {(401, "not_proven", NOT_PROVEN)} == {refusal(each) for each in told}
    assert [0] * 5 == [len(each.answer.headers.getall("Grant-Proof", [])) for each in told]


async def test_whoever_is_not_the_device_costs_the_same_queries(house: GateHouse) -> None:
    revoked = await house.device()
    await revoke(house, revoked)
    wrong_key = replace(await house.device(), key=bytes(32))
    asked = []
    for each in (wrong_key, house.as_device(new_id(), bytes(32)), replace(revoked, key=bytes(32))):
        challenge = await each.challenge()
        house.counted.asked.clear()
        await each.open(challenge)
        asked.append(tuple(house.counted.asked))
    assert 1 == len(set(asked))
    assert 5 == len(asked[0])


async def test_the_key_of_a_device_that_is_not_there_opens_nothing(house: GateHouse) -> None:
    """The bridge can derive a key for any id; whoever had it, of a device that is gone, has it for nothing."""
    unknown = new_id()
    for generation in (0, 1):
        device = house.as_device(unknown, house.device_key(unknown, 1, generation))
        sent = await device.open()
        assert (401, False) == (sent.answer.status, device.believes(sent))


async def test_a_challenge_opens_one_session_and_no_more(house: GateHouse) -> None:
    device = await house.device()
    challenge = await device.challenge()
    first, second = await device.open(challenge), await device.open(challenge)
    assert [201, 401] == [first.answer.status, second.answer.status]
    assert device.believes(second)


async def test_of_two_openings_with_one_challenge_one_wins(house: GateHouse) -> None:
    device = await house.device()
    for _ in range(5):
        challenge = await device.challenge()
        sent = await asyncio.gather(*(device.open(challenge) for _ in range(4)))
        assert [201, 401, 401, 401] == sorted(each.answer.status for each in sent)


async def test_what_was_sent_once_is_worth_nothing_when_it_is_sent_again(house: GateHouse) -> None:
    device = await house.device()
    first = await device.open()
    again = await device.send(first.challenge, first.n, first.body, first.proof)
    assert (201, 401) == (first.answer.status, again.answer.status)
    assert 1 == len(house.store.windows)


async def test_a_challenge_is_not_spent_by_who_is_not_the_device(house: GateHouse) -> None:
    device = await house.device()
    challenge = await device.challenge()
    stranger = await replace(device, key=bytes(32)).open(challenge)
    assert 401 == stranger.answer.status
    assert 201 == (await device.open(challenge)).answer.status


async def test_a_challenge_is_good_for_a_minute(house: GateHouse) -> None:
    device = await house.device()
    in_time, late = await device.challenge(), await device.challenge()
    house.clock.ahead_seconds = 58
    assert 201 == (await device.open(in_time)).answer.status
    house.clock.ahead_seconds = 60.5
    sent = await device.open(late)
    assert (401, "not_proven") == (sent.answer.status, sent.answer.code)
    assert device.believes(sent)


async def test_a_challenge_from_a_time_to_come_is_none(house: GateHouse) -> None:
    device = await house.device()
    house.clock.ahead_seconds = 30
    challenge = await device.challenge()
    house.clock.ahead_seconds = 0
    assert 401 == (await device.open(challenge)).answer.status


async def test_a_challenge_is_for_one_device(house: GateHouse) -> None:
    device, other = await house.device(), await house.device()
    sent = await device.open(await other.challenge())
    assert (401, True) == (sent.answer.status, device.believes(sent))


async def test_a_challenge_is_for_one_life_of_the_store(house: GateHouse) -> None:
    device = await house.device()
    challenge = await device.challenge()
    house.store.epoch = "0123456789abcdef"
    sent = await device.open(challenge)
    assert (401, True) == (sent.answer.status, device.believes(sent))


async def test_a_challenge_that_the_bridge_did_not_make_is_none(house: GateHouse) -> None:
    device = await house.device()
    challenge = bytearray(await device.challenge())
    challenge[-1] ^= 1
    sent = await device.open(bytes(challenge))
    assert (401, True) == (sent.answer.status, device.believes(sent))


@pytest.mark.parametrize("length", [0, 39, 41])
async def test_a_challenge_of_another_length_is_refused_unread(house: GateHouse, length: int) -> None:
    device = await house.device()
    sent = await device.open((await device.challenge() + b"\0")[:length])
    assert (400, "invalid_request") == (sent.answer.status, sent.answer.code)


async def test_an_opening_is_for_one_name_of_the_bridge(house: GateHouse) -> None:
    """Whoever passes it on from another name has a request that proves nothing here."""
    device = await house.device()
    sent = await device.open(authority="127.0.0.1:8461")
    assert (401, False) == (sent.answer.status, device.believes(sent))


async def test_a_body_that_was_changed_on_its_way_proves_nothing(house: GateHouse) -> None:
    device = await house.device()
    challenge, n = await device.challenge(), device.new_n()
    said = {"device_id": device.id, "n": n, "challenge": b64encode(challenge).decode(), "version": "0.1.0"}
    proof = device.proof(challenge, n, device.authority, json.dumps(said).encode())
    sent = await device.send(challenge, n, json.dumps(said | {"place_id": 1}).encode(), proof)
    assert (401, False) == (sent.answer.status, device.believes(sent))


async def test_a_grant_that_is_passed_on_to_another_opening_is_not_believed(house: GateHouse) -> None:
    device = await house.device()
    first, second = await device.open(), await device.open()
    relayed = replace(second, answer=first.answer)
    assert (True, False) == (device.believes(first), device.believes(relayed))


async def test_a_revoked_device_is_told_so_with_a_proof_once_it_has_shown_itself(house: GateHouse) -> None:
    device = await house.device()
    await revoke(house, device)
    sent = await device.open()
    assert (403, "revoked", "This device was revoked; pair it anew.") == refusal(sent)
    assert device.believes(sent)
    assert [] == sent.answer.headers.getall("Grant-Signature", [])


async def test_a_device_of_a_suspended_school_opens_nothing(house: GateHouse) -> None:
    device = await house.device()
    await house.suspend()
    sent = await device.open()
    assert (403, "revoked", True) == (sent.answer.status, sent.answer.code, device.believes(sent))


async def test_a_device_that_was_not_used_for_a_month_opens_nothing(house: GateHouse) -> None:
    device = await house.device()
    month = 30 * 86_400_000

    async def age(tx: Transaction) -> None:
        found = await devices.find(tx, SCHOOL, device.id)
        assert found is not None
        await devices.change(tx, SCHOOL, device.id, {"approved_at": found.approved_at - month})

    await house.database.write(age, tenant=SCHOOL)
    sent = await device.open()
    assert (403, "revoked", True) == (sent.answer.status, sent.answer.code, device.believes(sent))


async def test_a_device_has_so_many_sessions_and_no_more(house: GateHouse) -> None:
    device, other = await house.device(), await house.device()
    await fill(house, device, MOST_LIVE["device"] - 1)
    assert 201 == (await device.open()).answer.status
    sent = await device.open()
    assert (429, "too_many_sessions", True) == (sent.answer.status, sent.answer.code, device.believes(sent))
    assert 1 <= int(sent.answer.headers["Retry-After"]) <= 900
    assert 1 == len(house.store.windows)
    assert 201 == (await other.open()).answer.status


async def test_of_many_that_come_at_once_no_more_get_a_session_than_there_is_room_for(house: GateHouse) -> None:
    device = await house.device()
    await fill(house, device, MOST_LIVE["device"] - 2)
    sent = await asyncio.gather(*(device.open() for _ in range(6)))
    assert [201, 201, 429, 429, 429, 429] == sorted(each.answer.status for each in sent)


async def test_sessions_that_were_ended_count_until_their_time_as_their_windows_do(house: GateHouse) -> None:
    device = await house.device()
    await fill(house, device, MOST_LIVE["device"], is_revoked=True)
    assert 201 == (await device.open()).answer.status
    for number in range(2):
        await _fill_as(house, device, number)
    assert 429 == (await device.open()).answer.status


async def test_a_session_without_a_window_is_none(house: GateHouse) -> None:
    """Where the table is full the device is told to come again, and what was kept of the session is gone."""
    device = await house.device()

    async def full(sid: bytes, *, life_seconds: int) -> None:
        raise WindowsFull(f"no room for {sid.hex()} and {life_seconds} s")

    house.store.open_window = full  # type: ignore[method-assign]
    sent = await device.open()
    assert (503, "store_unavailable", True) == (sent.answer.status, sent.answer.code, device.believes(sent))

    async def count(tx: Transaction) -> tuple[int, int]:
        return await records.count(tx, SCHOOL, "device", device.id)

    assert (0, 0) == await house.database.read(count)


async def test_a_refusal_of_the_form_says_what_is_wrong(house: GateHouse) -> None:
    answer = await post(house.bridge.client, "/v1/challenge", {"device_id": "no id", "n": "short"})
    assert (400, "invalid_request") == (answer.status, answer.code)
    assert {"/body/device_id", "/body/n"} == {error["path"] for error in answer.json["errors"]}


async def _fill_as(house: GateHouse, device: Device, number: int) -> None:
    async def unit(tx: Transaction) -> None:
        for each in range(MOST_LIVE["device"]):
            new = NewRecord(f"more {number} {each}", "e", SCHOOL, "device", device.id, None, (), None, None, 1)
            await records.add(tx, new, life_milliseconds=900_000)
        await records.end_of_holder(tx, SCHOOL, device.id)

    await house.database.write(unit)


async def revoke(house: GateHouse, device: Device) -> None:
    async def unit(tx: Transaction) -> None:
        await devices.change(tx, SCHOOL, device.id, {"revoked_at": DatabaseNow()})
        await devices.end_sessions(tx, SCHOOL, device.id)
        await house.app[RIGHTS].changed(tx)

    await house.database.write(unit, tenant=SCHOOL)


def _parts(sent: Sent) -> tuple[bytes, str, bytes]:
    return sent.challenge, sent.n, sent.body
