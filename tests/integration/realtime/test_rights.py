"""Who may follow which channel, the same over each transport."""

from collections.abc import Mapping
from typing import Any

import pytest

from bridge.realtime.desk import DESK
from tests.integration.gate.house import House
from tests.integration.gate.signer import Signer
from tests.integration.realtime.channels import ABROAD, OF_GAME, OF_PROJECT, OTHER_PROJECT, PROJECT, TENANT
from tests.integration.realtime.reader import events, headers_of, poll, reading
from tests.ledger.people import FOREIGN, SCHOOL, Directory

ABSENT = (404, "not_found")
ALL_OF_A_DEVICE = ("sync", "publish", "read")
ALL_OF_A_GAME = ("game", "read")
GAME = {"kind": "game_key", "scopes": ALL_OF_A_GAME}
ELSEWHERE = f"game/{SCHOOL}/9802"

# Whose session, which channel, and what is said of it; None where it is followed.
CASES: tuple[tuple[Mapping[str, Any], str, tuple[int, str] | None], ...] = (
    ({"scopes": ("read",)}, TENANT, None),
    ({"scopes": ("sync", "publish")}, TENANT, (403, "out_of_scope")),
    ({"scopes": ALL_OF_A_DEVICE}, ABROAD, ABSENT),
    ({"scopes": ("sync",)}, OF_PROJECT, None),
    ({"scopes": ("sync",), "project_id": PROJECT}, OF_PROJECT, None),
    ({"scopes": ("sync",), "project_id": OTHER_PROJECT}, OF_PROJECT, ABSENT),
    ({"scopes": ("read", "publish")}, OF_PROJECT, (403, "out_of_scope")),
    ({"scopes": ALL_OF_A_DEVICE}, f"project/{FOREIGN}/{PROJECT}", ABSENT),
    (GAME, OF_GAME, None),
    (GAME, TENANT, None),
    ({"kind": "game_key", "scopes": ("read",)}, OF_GAME, (403, "out_of_scope")),
    (GAME, ELSEWHERE, ABSENT),
    (GAME, f"game/{FOREIGN}/9801", ABSENT),
    (GAME, OF_PROJECT, (403, "out_of_scope")),
    # One that no device ever has; a channel of games is for game servers all the same.
    ({"scopes": ("game",)}, OF_GAME, ABSENT),
    ({"scopes": ALL_OF_A_DEVICE}, OF_GAME, (403, "out_of_scope")),
    ({"scopes": ALL_OF_A_DEVICE}, "tenant/nobody", (400, "invalid_request")),
)


def told(item: dict[str, Any]) -> tuple[int, str] | None:
    if item["type"] == "denied":
        assert item["detail"]
        return item["status"], item["code"]
    assert item["type"] == "following"
    return None


async def over_websocket(house: House, signer: Signer, channel: str) -> tuple[int, str] | None:
    async with reading(house.bridge.client, signer) as reader:
        return told(await reader.follow(channel))


async def over_events(house: House, signer: Signer, channel: str) -> tuple[int, str] | None:
    async with events(house.bridge.client, channel, signer=signer) as reader:
        return told(await reader.item())


async def over_poll(house: House, signer: Signer, channel: str) -> tuple[int, str] | None:
    status, body = await poll(house.bridge.client, signer, channel)
    assert status == 200
    [item] = body["items"]
    assert ([] if item["type"] == "denied" else [channel]) == list(body["cursors"])
    return told(item)


async def as_a_request(house: House, signer: Signer, channel: str, path: str) -> tuple[int, str] | None:
    target = f"{path}?channel={channel}"
    async with house.bridge.client.get(target, headers=headers_of(signer, target)) as response:
        return None if response.status == 200 else (response.status, (await response.json(content_type=None))["code"])


async def state(house: House, signer: Signer, channel: str) -> tuple[int, str] | None:
    return await as_a_request(house, signer, channel, "/v1/state")


async def presence(house: House, signer: Signer, channel: str) -> tuple[int, str] | None:
    return await as_a_request(house, signer, channel, "/v1/presence")


WAYS = (over_websocket, over_events, over_poll, state, presence)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.__name__))
async def test_a_session_follows_what_it_may_and_nothing_else(house: House, way: Any) -> None:
    for session, channel, expected in CASES:
        signer = await house.signer(**session)
        assert expected == await way(house, signer, channel), (session, channel)


async def test_what_is_another_s_is_answered_as_what_is_not_there(house: House) -> None:
    signer = await house.signer(scopes=ALL_OF_A_DEVICE)
    nobodys = "z1".rjust(26, "0")
    async with reading(house.bridge.client, signer) as reader:
        foreign = await reader.follow(ABROAD)
        absent = await reader.follow(f"tenant/{nobodys}")

    assert foreign.pop("channel") != absent.pop("channel")
    assert foreign == absent


# Whose request, which channel, and what is said of it.
CALLERS: tuple[tuple[str, str, tuple[int, str] | None], ...] = (
    ("school_admin", TENANT, None),
    ("district_admin", TENANT, None),
    ("api_key", TENANT, None),
    ("teacher", TENANT, (403, "forbidden")),
    ("pupil", TENANT, (403, "forbidden")),
    ("school_admin", ABROAD, ABSENT),
    ("api_key", ABROAD, ABSENT),
    # The channels of the other kinds are for sessions alone.
    ("school_admin", OF_PROJECT, ABSENT),
    ("platform_operator", OF_GAME, ABSENT),
    ("api_key", OF_PROJECT, ABSENT),
    ("api_key", f"project/{FOREIGN}/{PROJECT}", ABSENT),
)


async def test_a_person_or_a_key_follows_what_it_may_and_nothing_else(house: House, directory: Directory) -> None:
    client = house.bridge.client
    for name, channel, expected in CALLERS:
        headers = directory.people[name].authorization
        async with events(client, channel, headers=headers) as reader:
            assert expected == told(await reader.item()), (name, channel)
        async with client.get(f"/v1/updates?follow={channel}", headers=headers) as response:
            assert expected == told((await response.json())["items"][0]), (name, channel)
        for path in ("/v1/state", "/v1/presence"):
            async with client.get(f"{path}?channel={channel}", headers=headers) as response:
                code = None if response.status == 200 else (await response.json(content_type=None))["code"]
                assert expected == (None if code is None else (response.status, code)), (name, channel)


@pytest.mark.parametrize("lists", [{"universes": (9802,)}, {"places": (1,)}, {"networks": ("192.0.2.0/24",)}])
async def test_a_game_key_is_good_where_it_says_over_each_transport(house: House, lists: Mapping[str, Any]) -> None:
    signer = await house.signer(**GAME, lists=lists)
    for target in ("/v1/stream", f"/v1/events?follow={OF_GAME}", f"/v1/updates?follow={OF_GAME}"):
        async with house.bridge.client.get(target, headers=headers_of(signer, target)) as response:
            code = (await response.json(content_type=None))["code"]
            assert (403, "place_not_allowed") == (response.status, code)


async def test_one_channel_that_is_denied_takes_nothing_from_the_others(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    follow = f"{ABROAD},{TENANT}@earliest,{OF_PROJECT}"
    async with events(house.bridge.client, follow, signer=signer) as reader:
        assert ["denied", "following", "denied"] == [(await reader.item())["type"] for _ in range(3)]
    # Nobody has a channel opened that they may not follow.
    assert [TENANT] == [feed.channel for feed in house.app[DESK].hub.feeds]
    status, body = await poll(house.bridge.client, signer, follow)
    assert (200, [TENANT]) == (status, list(body["cursors"]))
    assert ["denied", "following", "denied"] == [each["type"] for each in body["items"]]
