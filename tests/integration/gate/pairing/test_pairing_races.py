"""Pairings at the same moment, in two workers: one device, one answer; on both databases."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from bridge.app import create_app
from bridge.gate.identity import bridge_id
from bridge.gate.pairing import asking, home
from bridge.keys import SETTINGS, TABLE
from tests.accounts.house import Browser
from tests.audit.keys import FixedKeys
from tests.audit.samples import TELLER
from tests.integration.gate.pairing.conftest import LAPTOP, GateHouse, approve, deny, let_in, look_up
from tests.integration.gate.pairing.test_approval import devices_of
from tests.integration.web.conftest import serving

ROUNDS = 6
AT_ONCE = 6


@pytest.fixture
async def other_worker(house: GateHouse) -> AsyncIterator[GateHouse]:
    """Another worker of the same host: the same database and table, and memory of its own."""
    app = create_app(house.app[SETTINGS], table=house.app[TABLE], audit_keys=FixedKeys())
    async with serving(app) as bridge:
        yield GateHouse(app, bridge.client, house.folder)


def at(house: GateHouse, browser: Browser) -> Browser:
    """Return the same person at another worker."""
    return Browser(house.client, browser.cookies)


async def test_two_who_approve_at_once_let_one_device_in(house: GateHouse, other_worker: GateHouse) -> None:
    here = await house.author()
    there = at(other_worker, here)
    for number in range(1, ROUNDS + 1):
        pairing_id = (await look_up(here, (await house.pair())["user_code"])).json["id"]
        answers = await asyncio.gather(*(approve(who, pairing_id) for who in (here, there) * (AT_ONCE // 2)))

        assert [200] * AT_ONCE == [each.status for each in answers]
        assert 1 == len({(each.json["device"]["id"], each.json["digits"]) for each in answers})
        assert number == await devices_of(house)


async def test_of_approving_and_refusing_at_once_one_counts(house: GateHouse, other_worker: GateHouse) -> None:
    here = await house.author()
    there = at(other_worker, here)
    let_in_count = 0
    for number in range(ROUNDS):
        asked = await house.pair()
        pairing_id = (await look_up(here, asked["user_code"])).json["id"]
        # Now the one and now the other is sent first.
        if number % 2:
            approved, denied = await asyncio.gather(approve(here, pairing_id), deny(there, pairing_id))
        else:
            denied, approved = await asyncio.gather(deny(there, pairing_id), approve(here, pairing_id))

        let_in_count += approved.status == 200
        assert {(200, 409), (409, 204)} >= {(approved.status, denied.status)}
        assert (200 if approved.status == 200 else 403) == (await house.redeem(asked)).status
    assert let_in_count == await devices_of(house)


async def test_all_who_redeem_at_once_get_one_key(house: GateHouse, other_worker: GateHouse) -> None:
    asked = await house.pair()
    await let_in(await house.author(), asked)
    answers = await asyncio.gather(*(each.redeem(asked) for each in (house, other_worker) * AT_ONCE))

    assert {200} == {each.status for each in answers}
    assert 1 == len({each.text for each in answers})


async def test_of_many_who_ask_what_became_of_it_at_once_one_was_not_too_soon(
    house: GateHouse, other_worker: GateHouse
) -> None:
    asked = await house.pair()
    answers = await asyncio.gather(*(each.redeem(asked) for each in (house, other_worker) * (AT_ONCE // 2)))

    assert [202, *[429] * (AT_ONCE - 1)] == sorted(each.status for each in answers)
    waits = sorted(int(each.headers["Retry-After"]) for each in answers if each.status == 429)
    assert [10, 15, 20, 25, 30] == waits


async def test_all_who_ask_at_once_share_the_room_there_is(
    house: GateHouse, other_worker: GateHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "MOST_PENDING_OF_NETWORK", 4)
    await house.pair()
    answers = await asyncio.gather(*(each.post("/v1/pair", LAPTOP) for each in (house, other_worker) * AT_ONCE))

    assert [201] * 3 + [429] * (2 * AT_ONCE - 3) == sorted(each.status for each in answers)


async def test_all_who_begin_at_once_have_one_name(database_config: DatabaseConfig) -> None:
    async with open_database(database_config) as one, open_database(database_config) as other:
        names = await asyncio.gather(*(bridge_id(each) for each in (one, other) * AT_ONCE))
        again = await bridge_id(one)

    assert {again} == set(names)
    assert 16 == len(again)


async def test_all_who_need_a_home_at_once_get_one(database_config: DatabaseConfig) -> None:
    async with open_database(database_config) as one, open_database(database_config) as other:
        await bridge_id(one)
        made = await asyncio.gather(
            *(each.write(lambda tx: home.only_or_home(tx, TELLER)) for each in (one, other) * 3)
        )

    assert 1 == len({each.id for each in made})
    assert {("Home", "school")} == {(each.name, each.kind) for each in made}
