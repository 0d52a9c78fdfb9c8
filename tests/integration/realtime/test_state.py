"""What holds in a channel, and who follows it."""

import time
from typing import Any

from bridge.realtime.lifecycle import ENGINE
from tests.integration.gate.house import House
from tests.integration.gate.signer import Signer, is_proven, send
from tests.integration.realtime.channels import TENANT, put, top
from tests.integration.realtime.reader import events, headers_of, reading
from tests.integration.web.waiting import until
from tests.integration.web.wire import connected
from tests.ledger.people import Directory


async def asked(house: House, signer: Signer, path: str) -> Any:
    target = f"{path}?channel={TENANT}"
    async with house.bridge.client.get(target, headers=headers_of(signer, target)) as response:
        assert response.status == 200
        return await response.json()


async def test_what_holds_is_the_last_message_of_each_key(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    await put(house, {"n": 1}, {"n": 2}, key="a")
    await put(house, "no state")
    [of_b] = await put(house, [1], key="b")
    await put(house, 3, key="c")
    [end] = await put(house, None, key="c")
    body = await asked(house, signer, "/v1/state")

    assert (TENANT, str(end)) == (body["channel"], body["cursor"])
    assert {"key", "at", "cursor", "data"} == set(body["entries"][0])
    assert [("a", {"n": 2}), ("b", [1])] == [(each["key"], each["data"]) for each in body["entries"]]
    assert str(of_b) == body["entries"][1]["cursor"]
    assert abs(time.time() * 1000 - body["entries"][0]["at"]) < 60_000


async def test_a_channel_that_nothing_was_told_has_no_state(house: House) -> None:
    signer = await house.signer(scopes=("read",))

    assert {"channel": TENANT, "cursor": str(await top(house)), "entries": []} == await asked(
        house, signer, "/v1/state"
    )


async def test_state_is_proven_as_any_other_answer(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    await put(house, 1, key="a")
    async with connected(house.bridge.port) as wire:
        signed = signer.sign("GET", f"/v1/state?channel={TENANT}")
        assert is_proven(signer.session, signed, await send(wire, signed))


async def test_whoever_was_reset_reads_the_state_and_goes_on_without_a_hole(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    await put(house, 1, key="a")
    async with reading(house.bridge.client, signer) as reader:
        reset = await reader.follow(TENANT, f"{'0' * 16}.9")
        await put(house, 2, key="a")
        target = reset["snapshot"]
        async with house.bridge.client.get(target, headers=headers_of(signer, target)) as response:
            state = await response.json()
        assert "following" == (await reader.item())["type"]
        message = await reader.message()

    # The state may be newer than the reset: what is older than what it has of a key, a client leaves.
    assert (2, message["cursor"]) == (state["entries"][0]["data"], state["entries"][0]["cursor"])


async def test_whoever_follows_is_shown_once_however_often_they_do(house: House, directory: Directory) -> None:
    device = await house.signer(scopes=("read",), holder_id="d" * 26)
    game = await house.signer(kind="game_key", scopes=("read",), holder_id="g" * 26)
    client, engine = house.bridge.client, house.app[ENGINE]
    officer = directory.people["privacy_officer"]
    async with (
        reading(client, device) as one,
        reading(client, device) as two,
        reading(client, game) as three,
        events(client, TENANT, headers=officer.authorization) as four,
    ):
        for reader in (one, two, three):
            await reader.follow(TENANT)
        await four.of("following")
        await until(lambda: _present(engine, 4))
        body = await asked(house, device, "/v1/presence")

    assert TENANT == body["channel"]
    assert {("device", "d" * 26), ("game_key", "g" * 26), ("person", officer.id)} == {
        (each["kind"], each["id"]) for each in body["present"]
    }
    assert 3 == len(body["present"])
    assert all(abs(time.time() * 1000 - each["since"]) < 60_000 for each in body["present"])


async def _present(engine: Any, number: int) -> bool:
    return number == len(await engine.present(TENANT))
