"""The long-poll of game servers, against the whole bridge."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from backend.db.config import DatabaseConfig
from bridge.keys import DRAIN
from bridge.realtime.cursor import Cursor
from bridge.realtime.desk import DESK
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.timing import Timing
from bridge.realtime.transports.polling import ITEMS_LIMIT_BYTES
from tests.integration.gate.house import House, open_house
from tests.integration.gate.signer import Signer, is_proven, send
from tests.integration.realtime.channels import OF_GAME, OF_PROJECT, TENANT, places, put, top
from tests.integration.realtime.reader import headers_of, poll
from tests.integration.web.waiting import until
from tests.integration.web.wire import connected
from tests.ledger.people import SCHOOL


@pytest.fixture
async def game(house: House) -> Signer:
    """Return a game server that may all that one can."""
    return await house.signer(kind="game_key", scopes=("game", "read"))


async def asked(house: House, signer: Signer, *follow: str, wait: int = 0) -> dict[str, Any]:
    status, body = await poll(house.bridge.client, signer, ",".join(follow), wait)
    assert status == 200, body
    return body


async def is_held(house: House, number: int = 1) -> None:
    await until(lambda: number == house.app[DESK].meter.open["poll"])


def data(body: dict[str, Any]) -> list[Any]:
    return [each["data"] for each in body["items"] if each["type"] == "message"]


async def test_an_answer_is_proven_as_any_other(house: House, game: Signer) -> None:
    await put(house, 1, channel=OF_GAME)
    async with connected(house.bridge.port) as wire:
        signed = game.sign("GET", f"/v1/updates?follow={OF_GAME}@earliest&wait=20")
        received = await send(wire, signed)

    assert is_proven(game.session, signed, received)
    assert [1] == data(received.json)


async def test_whoever_begins_is_told_at_once_where(house: House, game: Signer) -> None:
    cursors = await put(house, 1, 2, channel=OF_GAME)
    body = await asked(house, game, f"{OF_GAME}@latest", f"{TENANT}@earliest", wait=20)

    assert [("following", OF_GAME), ("following", TENANT)] == [
        (each["type"], each["channel"]) for each in body["items"]
    ]
    assert {OF_GAME: cursors[1], TENANT: await top(house)} == places(body)


async def test_what_is_new_is_answered_at_once_and_gone_on_from_without_a_gap(house: House, game: Signer) -> None:
    cursors = await put(house, 1, 2, 3, channel=OF_GAME)
    body = await asked(house, game, f"{OF_GAME}@{cursors[0]}", wait=20)
    assert [2, 3] == data(body)
    assert {OF_GAME: cursors[2]} == places(body)
    [_, last] = await put(house, 4, 5, channel=OF_GAME)
    body = await asked(house, game, f"{OF_GAME}@{body['cursors'][OF_GAME]}", wait=20)

    assert [4, 5] == data(body)
    assert {OF_GAME: last} == places(body)


async def test_where_nothing_is_new_it_waits_until_something_is(house: House, game: Signer) -> None:
    at, elsewhere = await top(house, OF_GAME), await top(house)
    asking = asyncio.create_task(asked(house, game, f"{OF_GAME}@{at}", f"{TENANT}@{elsewhere}", wait=20))
    await is_held(house)
    began = monotonic()
    await put(house, "new")
    body = await asking

    assert ["new"] == data(body)
    assert {OF_GAME: at, TENANT: Cursor(elsewhere.epoch, elsewhere.offset + 1)} == places(body)
    assert monotonic() - began < 10
    assert 0 == house.app[DESK].meter.open["poll"]


async def test_without_a_wait_it_is_answered_with_what_there_is(house: House, game: Signer) -> None:
    at = await top(house, OF_GAME)
    assert {"items": [], "cursors": {OF_GAME: str(at)}} == await asked(house, game, f"{OF_GAME}@{at}")


async def test_after_its_wait_it_is_answered_with_the_same_cursors(house: House, game: Signer) -> None:
    at = await top(house, OF_GAME)
    began = monotonic()
    body = await asked(house, game, f"{OF_GAME}@{at}", wait=1)

    assert {"items": [], "cursors": {OF_GAME: str(at)}} == body
    assert monotonic() - began >= 1


@pytest.mark.parametrize("wait", ["-1", "21", "1.5", "x", ""])
async def test_a_wait_is_0_to_20_seconds(house: House, game: Signer, wait: str) -> None:
    target = f"/v1/updates?follow={OF_GAME}&wait={wait}"
    async with house.bridge.client.get(target, headers=headers_of(game, target)) as response:
        assert (400, "invalid_request") == (response.status, (await response.json(content_type=None))["code"])


async def test_one_poll_is_for_16_channels_and_no_more(house: House) -> None:
    signer = await house.signer(scopes=("sync",))
    channels = [f"project/{SCHOOL}/{number:026d}" for number in range(17)]
    assert channels[:16] == list((await asked(house, signer, *channels[:16]))["cursors"])
    status, body = await poll(house.bridge.client, signer, ",".join(channels))

    assert (400, "invalid_request") == (status, body["code"])


@pytest.fixture
async def keeping(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    async with open_house(tmp_path, sqlite_database, parts={"history": HistoryLimits(messages=3)}) as opened:
        yield opened


async def test_a_gap_is_said_with_its_reason(keeping: House) -> None:
    signer = await keeping.signer(scopes=("read",))
    cursors = await put(keeping, *range(5))
    epoch = cursors[0].epoch
    for begin, reason in ((cursors[0], "behind"), (f"{epoch}.6", "ahead"), (f"{'0' * 16}.5", "epoch")):
        body = await asked(keeping, signer, f"{TENANT}@{begin}", wait=20)
        [item] = body["items"]
        assert ("reset", reason, str(cursors[-1])) == (item["type"], item["reason"], item["cursor"])
        assert {TENANT: cursors[-1]} == places(body)


async def test_an_answer_has_256_kib_of_items_and_the_rest_comes_the_next_time(house: House, game: Signer) -> None:
    large = "x" * 60_000
    await put(house, *[large] * 10, channel=OF_GAME)
    place, sizes = f"{(await top(house, OF_GAME)).epoch}.0", []
    while True:
        body = await asked(house, game, f"{OF_GAME}@{place}")
        if not body["items"]:
            break
        assert len(json.dumps(body["items"])) <= ITEMS_LIMIT_BYTES + 1000
        sizes.append(len(body["items"]))
        place = body["cursors"][OF_GAME]

    assert [4, 4, 2] == sizes


async def test_what_may_not_be_followed_stands_among_the_others(house: House, game: Signer) -> None:
    body = await asked(house, game, f"{OF_GAME}@earliest", OF_PROJECT, "nonsense", wait=20)

    assert [OF_GAME] == list(body["cursors"])
    assert [(OF_PROJECT, 403), ("nonsense", 400)] == [
        (each["channel"], each["status"]) for each in body["items"] if each["type"] == "denied"
    ]


async def test_whoever_is_held_and_withdrawn_is_refused_within_five_seconds(house: House, game: Signer) -> None:
    at = await top(house, OF_GAME)
    asking = asyncio.create_task(poll(house.bridge.client, game, f"{OF_GAME}@{at}", wait=20))
    await is_held(house)
    began = monotonic()
    await house.revoke(game.session)
    status, body = await asking

    assert (403, "revoked") == (status, body["code"])
    assert monotonic() - began < 5


async def test_whoever_was_withdrawn_while_held_is_not_told_what_comes(house: House, game: Signer) -> None:
    at = await top(house, OF_GAME)
    asking = asyncio.create_task(poll(house.bridge.client, game, f"{OF_GAME}@{at}", wait=20))
    await is_held(house)
    await house.revoke(game.session)
    await put(house, "secret", channel=OF_GAME)
    status, body = await asking

    assert (403, "revoked") == (status, body["code"])
    assert "secret" not in json.dumps(body)


async def test_a_client_that_goes_away_while_it_is_held_is_let_go(house: House, game: Signer) -> None:
    at = await top(house, OF_GAME)
    asking = asyncio.create_task(poll(house.bridge.client, game, f"{OF_GAME}@{at}", wait=20))
    await is_held(house)
    asking.cancel()
    await asyncio.wait([asking])

    await until(lambda: not [feed for feed in house.app[DESK].hub.feeds if feed.members])


@pytest.fixture
async def patient(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    """A bridge that looks after whoever is held seldom, so that what wakes them at once is something else."""
    async with open_house(tmp_path, sqlite_database, parts={"timing": Timing(held_seconds=15.0)}) as opened:
        yield opened


async def test_a_bridge_that_ends_answers_whoever_is_held_at_once(patient: House) -> None:
    game = await patient.signer(kind="game_key", scopes=("game", "read"))
    at = await top(patient, OF_GAME)
    asking = [asyncio.create_task(asked(patient, game, f"{OF_GAME}@{at}", wait=20)) for _ in range(3)]
    await is_held(patient, 3)
    began = monotonic()
    patient.app[DRAIN].begin()

    assert [{"items": [], "cursors": {OF_GAME: str(at)}}] * 3 == await asyncio.gather(*asking)
    assert monotonic() - began < 0.5


async def test_a_store_that_is_away_is_told_of(house: House, game: Signer) -> None:
    await put(house, 1, channel=OF_GAME)
    first = await asked(house, game, f"{OF_GAME}@earliest")
    house.app[DESK].hub.lost()
    [cursor] = await put(house, 2, channel=OF_GAME)
    body = await asked(house, game, f"{OF_GAME}@{first['cursors'][OF_GAME]}")

    assert ["stale", "message"] == [each["type"] for each in body["items"]]
    assert {OF_GAME: cursor} == places(body)
