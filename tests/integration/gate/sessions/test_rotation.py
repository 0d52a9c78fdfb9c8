"""Another master key: no session and no device is lost by it."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace

import pytest
from nacl.signing import VerifyKey

from backend.db.unit import Transaction
from backend.sealing import key_file
from bridge.gate import masters_watch
from bridge.gate.devices import store as devices
from bridge.gate.devices.store import Device as DeviceFound
from bridge.gate.masters import SETTLED_SECONDS
from core_rs import session_key
from tests.gate.device import Device, signature_is_right
from tests.gate.house import GateHouse
from tests.integration.db.waiting import until
from tests.ledger.people import SCHOOL


def rotated(house: GateHouse, *, seconds_ago: int = 60) -> int:
    version = house.rotate(seconds_ago=seconds_ago)
    assert version in house.masters.all()
    return version


async def record(house: GateHouse, device: Device) -> DeviceFound:
    async def unit(tx: Transaction) -> DeviceFound | None:
        return await devices.find(tx, SCHOOL, device.id)

    found = await house.database.read(unit, tenant=SCHOOL)
    assert found is not None
    return found


async def versions(house: GateHouse, device: Device) -> tuple[int, int | None]:
    found = await record(house, device)
    return found.master_version, found.next_master_version


async def test_a_device_is_given_its_new_key_and_moves_on_when_it_opens_with_it(house: GateHouse) -> None:
    device = await house.device()
    assert 2 == rotated(house)
    sent = await device.open()
    assert (201, True) == (sent.answer.status, device.believes(sent))
    assert (1, 2) == await versions(house, device)
    renewed = replace(device, key=device.new_key(sent))
    assert house.device_key(device.id, 2) == renewed.key
    second = await renewed.open()
    assert (201, True, None) == (second.answer.status, renewed.believes(second), second.answer.json["new_device_key"])
    assert (2, None) == await versions(house, device)


async def test_until_it_has_opened_with_the_new_key_both_are_taken(house: GateHouse) -> None:
    device = await house.device()
    rotated(house)
    first = await device.open()
    again = await device.open()
    assert (201, 201) == (first.answer.status, again.answer.status)
    assert device.new_key(first) == device.new_key(again)
    assert 201 == (await replace(device, key=device.new_key(first)).open()).answer.status


async def test_from_then_on_the_old_key_opens_nothing(house: GateHouse) -> None:
    device = await house.device()
    rotated(house)
    renewed = replace(device, key=device.new_key(await device.open()))
    await renewed.open()
    assert 401 == (await device.open()).answer.status


async def test_a_key_that_was_offered_holds_though_another_rotation_comes_between(house: GateHouse) -> None:
    device = await house.device()
    rotated(house)
    stored = replace(device, key=device.new_key(await device.open()))
    assert 3 == rotated(house)
    # Another window, which has the old key in memory, must not take the offer back.
    assert 201 == (await device.open()).answer.status
    assert (1, 2) == await versions(house, device)
    sent = await stored.open()
    assert 201 == sent.answer.status
    assert (2, 3) == await versions(house, device)
    assert 201 == (await replace(device, key=stored.new_key(sent)).open()).answer.status
    assert (3, None) == await versions(house, device)


async def test_a_session_is_made_with_the_newest_key_and_those_before_it_go_on(house: GateHouse) -> None:
    device = await house.device()
    before = await device.open()
    rotated(house)
    after = await device.open()
    for version, sent in ((1, before), (2, after)):
        key_id = sent.answer.json["key_id"]
        assert version == b64decode(key_id[:4], altchars=b"-_")[0]
        assert session_key(house.masters.all()[version], house.masters.bridge_id, key_id) == device.session_key(sent)
        assert await house.found(key_id) is not None


async def test_a_version_is_not_used_before_every_process_has_read_it(house: GateHouse) -> None:
    rotated(house, seconds_ago=0)
    assert 1 == house.masters.newest()
    house.clock.ahead_seconds = SETTLED_SECONDS + 1
    assert 2 == house.masters.newest()


async def test_the_key_of_grants_is_endorsed_by_the_one_that_the_device_knows(house: GateHouse) -> None:
    device = await house.device()
    known = house.masters.public_key(1)
    rotated(house)
    rotated(house)
    sent = await device.open()
    told = sent.answer.json["bridge"]
    newest = b64decode(told["public_key"])
    assert known == b64decode(told["endorsement"]["public_key"])
    endorsed = b"tbx1 grant key" + bytes.fromhex(told["id"]) + newest
    VerifyKey(known).verify(endorsed, b64decode(told["endorsement"]["signature"]))
    assert signature_is_right(sent, newest)


async def test_the_key_of_grants_is_endorsed_by_the_one_before_for_a_device_that_knows_the_newest(
    house: GateHouse,
) -> None:
    rotated(house)
    device = await house.device()
    told = (await device.open()).answer.json["bridge"]
    assert house.masters.public_key(1) == b64decode(told["endorsement"]["public_key"])


async def test_a_device_can_follow_the_keys_of_grants_however_rotations_and_lost_answers_fall(house: GateHouse) -> None:
    device = await house.device()
    pinned = house.masters.public_key(1)
    rotated(house)
    await device.open()  # its answer is lost
    for _ in range(2):
        rotated(house)
        sent = await device.open()
        told = sent.answer.json["bridge"]
        assert pinned == b64decode(told["endorsement"]["public_key"])
        assert signature_is_right(sent, b64decode(told["public_key"]))
        # What is stored is stored together.
        device, pinned = replace(device, key=device.new_key(sent)), b64decode(told["public_key"])


async def test_a_device_whose_version_was_taken_out_of_the_file_is_nobody(house: GateHouse) -> None:
    device = await house.device()
    rotated(house)
    key_file.write(house.key_path, key_file.read(house.key_path).without(1))
    house.look()
    assert 1 not in house.masters.all()
    assert 401 == (await device.open()).answer.status


async def test_whoever_watches_the_key_file_is_told_of_another_version(house: GateHouse) -> None:
    told: list[frozenset[int]] = []
    async with masters_watch.watched(house.masters, lambda found: told.append(frozenset(found)), every_seconds=0.05):
        assert [{1}] == told
        house.rotate(seconds_ago=0)
        await until(lambda: len(told) == 2)
    assert [{1}, {1, 2}] == told


async def test_whoever_watches_goes_on_with_what_it_has_where_the_file_is_damaged(
    house: GateHouse, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[frozenset[int]] = []
    whole = house.key_path.read_bytes()
    async with masters_watch.watched(house.masters, lambda found: told.append(frozenset(found)), every_seconds=0.05):
        house.key_path.write_bytes(b"not a key file")
        house.look()
        assert "the key file was changed and cannot be read" in caplog.messages
        house.key_path.write_bytes(whole)
        house.rotate()
        await until(lambda: len(told) > 1)
    assert [{1}, {1, 2}] == told


async def test_whoever_watches_tries_again_where_another_version_could_not_be_taken(
    house: GateHouse, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[frozenset[int]] = []

    def take(found: Mapping[int, bytes]) -> None:
        told.append(frozenset(found))
        if len(told) in {2, 3}:
            raise ValueError("not now")

    async with masters_watch.watched(house.masters, take, every_seconds=0.05):
        house.rotate()
        await until(lambda: len(told) == 4)
    assert [{1}, {1, 2}, {1, 2}, {1, 2}] == told
    assert 1 == caplog.messages.count("the master keys could not be followed")
