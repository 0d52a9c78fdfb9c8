"""How a game server opens a session with its game key."""

import asyncio
from base64 import b64decode
from functools import partial
from typing import Any

import pytest

from backend.accounts.keys.gamekeys.service import KEYS
from backend.accounts.keys.gamekeys.store import GAME_KEYS
from backend.accounts.keys.text_form import Credential, Kind
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from backend.web.keys import RIGHTS
from bridge.gate.principal import Scope
from bridge.gate.sessions import store as records
from bridge.gate.sessions.life import MOST_LIVE
from bridge.gate.sessions.store import NewRecord
from core_rs import session_key
from tests.gate.device import Answered, post
from tests.gate.house import PLACE, UNIVERSE, GateHouse
from tests.ledger.people import SCHOOL

NOT_PROVEN = "What this request brings to show who sent it does not hold; open a new session."
HTTPS = {"X-Forwarded-Proto": "https"}


async def ask(house: GateHouse, text: str | None, headers: dict[str, str] | None = None, **said: Any) -> Answered:
    document = {"n": "some text 1", "universe_id": UNIVERSE, "place_id": PLACE, "version": "0.1.0"} | said
    named = HTTPS if headers is None else headers
    sent = named if text is None else {"Authorization": f"Bearer {text}", **named}
    return await post(house.bridge.client, "/v1/session/game", document, **sent)


async def test_a_game_server_is_given_its_key(house: GateHouse) -> None:
    key_id, text = await house.game_key()
    answer = await ask(house, text, job="5d1f")
    assert 201 == answer.status, answer.body
    granted = answer.json
    key = session_key(house.masters.all()[1], house.masters.bridge_id, granted["key_id"])
    assert key == b64decode(granted["key"])
    assert {"id", "public_key"} == set(granted["bridge"])
    assert {"new_device_key", "wrapped_key"}.isdisjoint(granted)
    found = await house.found(granted["key_id"])
    assert found is not None
    who = found.principal
    assert ("game_key", key_id, SCHOOL, PLACE, UNIVERSE) == (
        who.kind,
        who.holder_id,
        who.tenant_id,
        who.place_id,
        who.universe_id,
    )
    assert frozenset({Scope.GAME, Scope.READ}) == who.scopes
    assert [900] == [life for _, life in house.store.windows]


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Forwarded-Proto": "http"}, {"X-Forwarded-Proto": "https, http"}, {"X-Forwarded-Proto": "https,https"}],
)
async def test_a_key_that_came_over_plain_http_opens_nothing(house: GateHouse, headers: dict[str, str]) -> None:
    _, text = await house.game_key()
    house.counted.asked.clear()
    answer = await ask(house, text, headers)
    assert (403, "insecure") == (answer.status, answer.code)
    assert [] == house.counted.asked


async def test_nobody_is_told_why_a_key_is_none(house: GateHouse) -> None:
    _, text = await house.game_key()
    revoked_id, revoked = await house.game_key()
    ended_id, ended = await house.game_key()

    async def end(tx: Transaction) -> None:
        await KEYS.revoke(tx, house.by, house.app[RIGHTS], SCHOOL, revoked_id)
        await GAME_KEYS.change(tx, SCHOOL, ended_id, {"ends_at": DatabaseNow() - 1})

    await house.database.write(end, tenant=SCHOOL)
    unknown = Credential.new(Kind.GAME).text()
    another_kind = Credential.new(Kind.API).text()
    mistyped = text[:-1] + ("0" if text[-1] != "0" else "1")
    told = [await ask(house, each) for each in (None, "", unknown, another_kind, mistyped, revoked, ended)]
    assert {(401, "not_proven", NOT_PROVEN)} == {(each.status, each.code, each.json["detail"]) for each in told}


async def test_a_key_that_is_unknown_costs_the_same_queries_as_one_that_is_revoked(house: GateHouse) -> None:
    revoked_id, revoked = await house.game_key()
    ended_id, ended = await house.game_key()

    async def end(tx: Transaction) -> None:
        await KEYS.revoke(tx, house.by, house.app[RIGHTS], SCHOOL, revoked_id)
        await GAME_KEYS.change(tx, SCHOOL, ended_id, {"ends_at": DatabaseNow() - 1})

    await house.database.write(end, tenant=SCHOOL)
    asked = set()
    for each in (Credential.new(Kind.GAME).text(), revoked, ended, "tbx_game_no_key_at_all_of_any"):
        house.counted.asked.clear()
        await ask(house, each)
        asked.add(tuple(house.counted.asked))
    assert 1 == len(asked)


async def test_a_key_opens_where_it_lists_and_nowhere_else(house: GateHouse) -> None:
    _, text = await house.game_key(places=(PLACE,), networks=("128.116.0.0/17", "2620:2b:e000::/48"))
    inside = HTTPS | {"X-Forwarded-For": "128.116.5.1"}
    sixth = HTTPS | {"X-Forwarded-For": "2620:2b:e000::7"}
    outside = HTTPS | {"X-Forwarded-For": "128.117.5.1"}
    assert [201, 201] == [(await ask(house, text, each)).status for each in (inside, sixth)]
    told = [
        await ask(house, text, outside),
        await ask(house, text, HTTPS),
        await ask(house, text, inside, place_id=PLACE + 1),
        await ask(house, text, inside, universe_id=UNIVERSE + 1),
    ]
    assert {(403, "place_not_allowed")} == {(each.status, each.code) for each in told}
    assert 2 == len(house.store.windows)


async def test_a_key_without_lists_of_places_and_networks_opens_in_all_of_its_experience(house: GateHouse) -> None:
    _, text = await house.game_key()
    assert 201 == (await ask(house, text, place_id=1)).status


async def test_a_key_of_a_suspended_school_opens_nothing(house: GateHouse) -> None:
    _, text = await house.game_key()
    await house.suspend()
    answer = await ask(house, text)
    assert (403, "revoked") == (answer.status, answer.code)


async def test_a_session_ends_with_the_key_that_opened_it(house: GateHouse) -> None:
    key_id, text = await house.game_key()

    async def end_soon(tx: Transaction) -> None:
        await GAME_KEYS.change(tx, SCHOOL, key_id, {"ends_at": DatabaseNow() + 100_000})

    await house.database.write(end_soon, tenant=SCHOOL)
    answer = await ask(house, text)
    assert 90 <= answer.json["expires_in_seconds"] <= 100
    ((_, life_seconds),) = house.store.windows
    assert answer.json["expires_in_seconds"] == life_seconds


async def test_a_key_has_so_many_sessions_however_many_ask_at_once(house: GateHouse) -> None:
    key_id, text = await house.game_key()

    async def fill(tx: Transaction, numbers: range) -> None:
        for number in numbers:
            new = NewRecord(f"filled {number}", "e", SCHOOL, "game_key", key_id, None, (), None, None, 1)
            await records.add(tx, new, life_milliseconds=900_000)

    # In parts, as a busy machine does not do all of it in the second that a unit has.
    most = MOST_LIVE["game_key"] - 2
    for first in range(0, most, 32):
        await house.database.write(partial(fill, numbers=range(first, min(first + 32, most))))
    told = await asyncio.gather(*(ask(house, text) for _ in range(5)))
    assert [201, 201, 429, 429, 429] == sorted(each.status for each in told)
    assert {"too_many_sessions"} == {each.code for each in told if each.status == 429}


async def test_that_a_key_was_used_is_noted(house: GateHouse) -> None:
    key_id, text = await house.game_key()
    await ask(house, text)
    found = await house.database.read(lambda tx: GAME_KEYS.find(tx, SCHOOL, key_id), tenant=SCHOOL)
    assert found is not None
    assert found.used_at is not None
