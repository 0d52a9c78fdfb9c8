"""A pairing that is under way while the master key is rotated; on both databases."""

import time
from base64 import b64decode

from backend.sealing import key_file
from bridge.gate.masters import SETTLED_SECONDS
from bridge.keys import SETTINGS
from tests.gate.key_file import look
from tests.integration.gate.pairing.conftest import GateHouse, let_in, look_up


def rotate(house: GateHouse) -> None:
    """Bring another version into use, made so long ago that every process would know it."""
    path, before = house.app[SETTINGS].key_path, house.gate.masters.newest()
    made_at = int(time.time() - SETTLED_SECONDS) - 1
    key_file.write(path, key_file.read(path).with_another(made_at=made_at, in_use=True))
    look(house.app)
    assert before + 1 == house.gate.masters.newest()


async def test_a_code_that_was_shown_before_is_found_after(house: GateHouse) -> None:
    asked = await house.pair()
    author = await house.author()
    rotate(house)

    assert 200 == (await look_up(author, asked["user_code"])).status


async def test_a_lost_answer_is_the_same_after(house: GateHouse) -> None:
    asked = await house.pair()
    await let_in(await house.author(), asked)
    before = await house.redeem(asked)
    rotate(house)
    after = await house.redeem(asked)

    assert (200, before.text) == (after.status, after.text)


async def test_a_device_that_is_let_in_after_has_a_key_of_the_new_version(house: GateHouse) -> None:
    asked = await house.pair()
    rotate(house)
    approved = await let_in(await house.author(), asked)
    paired = await house.redeem(asked)

    masters = house.gate.masters
    assert 200 == paired.status
    key = masters.device_key(2, approved["device"]["id"], 1)
    assert key.hex() == b64decode(paired.json["device_key"]).hex()
