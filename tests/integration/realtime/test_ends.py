"""How a stream ends and how it goes on: its session's time, a bridge that stops, a line that is dead."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from backend.db.config import DatabaseConfig
from bridge.gate.sessions.life import OVERLAP_SECONDS
from bridge.keys import DRAIN
from bridge.realtime.desk import DESK
from bridge.realtime.timing import Timing
from tests.integration.gate.house import House, open_house
from tests.integration.gate.signer import Signer
from tests.integration.realtime.channels import OF_PROJECT, TENANT, places, put, top
from tests.integration.realtime.reader import Reader, events, headers_of, reading, spoken
from tests.integration.web.waiting import until

QUICK = Timing(look_seconds=0.02)


@pytest.fixture
async def house(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    """A bridge that looks often."""
    async with open_house(tmp_path, sqlite_database, parts={"timing": QUICK}) as opened:
        yield opened


def over_in(seconds: float) -> int:
    """Return when a session has to end, so that its overlap is over in so many seconds."""
    return int((time.time() + seconds - OVERLAP_SECONDS) * 1000)


async def near_its_end(house: House, seconds: float = 2.0, **changed: Any) -> Signer:
    return await house.signer(**{"scopes": ("read",), "ends_at": over_in(seconds), **changed})


async def extend(house: House, stream: str, signer: Signer) -> tuple[int, dict[str, Any]]:
    target = f"/v1/streams/{stream}/extend"
    signed = signer.sign("POST", target)
    headers = {name.decode(): value.decode() for name, value in signed.headers}
    async with house.bridge.client.post(target, headers=headers) as response:
        return response.status, await response.json(content_type=None)


async def test_a_stream_ends_with_its_session_and_its_overlap(house: House) -> None:
    over_at = time.time() + 1.0
    signer = await near_its_end(house, 1.0)
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        [cursor] = await put(house, 1)
        bye = await reader.bye()

        assert ("expired", str(cursor)) == (bye["code"], bye["cursors"][TENANT])
        assert 4001 == await reader.close_code()
    assert time.time() >= over_at


async def test_a_stream_of_events_ends_with_its_session_too(house: House) -> None:
    signer = await near_its_end(house, 1.0)
    async with events(house.bridge.client, TENANT, signer=signer) as reader:
        assert "expired" == (await reader.bye())["code"]
        assert await reader.is_over()


async def test_a_stream_goes_on_with_the_next_session_of_the_same_device(house: House) -> None:
    over_at = time.time() + 1.5
    signer = await near_its_end(house, 1.5, holder_id="d" * 26)
    following = await house.signer(scopes=("read",), holder_id="d" * 26)
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        counter = reader.seals.counter
        await reader.say(spoken(following, "extend", f"/v1/streams/{reader.welcome['stream']}/extend"))
        # From here on it is sealed with the key of the new session, and the counter goes on.
        reader.seals.session = following.session
        extended = await reader.of("extended")
        assert extended["expires_in_seconds"] > 10_000
        assert counter + 1 == reader.seals.counter
        await until(lambda: time.time() > over_at + 0.1)
        await put(house, "after")
        assert ["after"] == await reader.messages(1)


async def test_a_stream_of_events_is_extended_by_a_request(house: House) -> None:
    signer = await near_its_end(house, holder_id="d" * 26)
    following = await house.signer(scopes=("read",), holder_id="d" * 26)
    async with events(house.bridge.client, TENANT, signer=signer) as reader:
        await reader.of("following")
        status, body = await extend(house, reader.welcome["stream"], following)
        assert 200 == status
        assert {"expires_in_seconds"} == set(body)
        assert body["expires_in_seconds"] > 10_000
        reader.seals.session = following.session
        await put(house, 1)
        assert [1] == await reader.messages(1)


async def test_what_is_signed_for_a_frame_is_no_request(house: House) -> None:
    signer = await house.signer(scopes=("read",), holder_id="d" * 26)
    following = await house.signer(scopes=("read",), holder_id="d" * 26)
    async with reading(house.bridge.client, signer) as reader:
        target = f"/v1/streams/{reader.welcome['stream']}/extend"
        frame = spoken(following, "extend", target)
        headers = {
            "Content-Digest": frame["content_digest"],
            "Signature-Input": frame["signature_input"],
            "Signature": frame["signature"],
        }
        async with house.bridge.client.get(target, headers=headers) as response:
            assert 405 == response.status
        async with house.bridge.client.post(target, headers=headers) as response:
            assert 400 == response.status
        # Nobody has used it up.
        await reader.say(frame)
        reader.seals.session = following.session
        assert "extended" == (await reader.item())["type"]


async def test_an_extension_with_fewer_rights_takes_the_channels_that_it_may_not_follow(house: House) -> None:
    signer = await house.signer(scopes=("read", "sync"), holder_id="d" * 26)
    narrower = await house.signer(scopes=("sync",), holder_id="d" * 26)
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        await reader.follow(OF_PROJECT)
        await reader.say(spoken(narrower, "extend", f"/v1/streams/{reader.welcome['stream']}/extend"))
        reader.seals.session = narrower.session
        said = [await reader.item(), await reader.item()]

    assert [("denied", TENANT), ("extended", None)] == [(each["type"], each.get("channel")) for each in said]


async def test_a_stream_is_extended_by_its_own_holder_and_by_nobody_else(house: House) -> None:
    signer = await house.signer(scopes=("read",), holder_id="d" * 26)
    other = await house.signer(scopes=("read",), holder_id="e" * 26)
    game = await house.signer(kind="game_key", scopes=("read",), holder_id="f" * 26)
    async with events(house.bridge.client, TENANT, signer=signer) as reader:
        stream = reader.welcome["stream"]
        for stranger in (other, game):
            status, body = await extend(house, stream, stranger)
            assert (404, "not_found") == (status, body["code"])
        status, body = await extend(house, "x" * 22, signer)
        assert (404, "not_found") == (status, body["code"])
    async with reading(house.bridge.client, signer) as reader:
        await reader.say(spoken(other, "extend", f"/v1/streams/{reader.welcome['stream']}/extend"))
        assert "not_proven" == (await reader.bye())["code"]
        assert 4003 == await reader.close_code()


async def test_an_extension_is_for_one_stream_and_good_once(house: House) -> None:
    signer = await house.signer(scopes=("read",), holder_id="d" * 26)
    following = await house.signer(scopes=("read",), holder_id="d" * 26)
    async with reading(house.bridge.client, signer) as one, reading(house.bridge.client, signer) as two:
        frame = spoken(following, "extend", f"/v1/streams/{one.welcome['stream']}/extend")
        await two.say(frame)
        assert "not_proven" == (await two.bye())["code"]
        await one.say(frame)
        one.seals.session = following.session
        # That it was refused has used its number up as little as any other that was not proven.
        assert "extended" == (await one.item())["type"]
        await one.say(frame)
        assert "replayed" == (await one.bye())["code"]


async def test_a_session_that_was_revoked_extends_nothing(house: House) -> None:
    signer = await house.signer(scopes=("read",), holder_id="d" * 26)
    following = await house.signer(scopes=("read",), holder_id="d" * 26)
    async with reading(house.bridge.client, signer) as reader:
        await house.revoke(following.session)
        await reader.say(spoken(following, "extend", f"/v1/streams/{reader.welcome['stream']}/extend"))
        assert "revoked" == (await reader.bye())["code"]


async def test_what_becomes_of_the_session_before_is_nothing_to_a_stream_that_was_extended(house: House) -> None:
    signer = await house.signer(scopes=("read",), holder_id="d" * 26)
    following = await house.signer(scopes=("read",), holder_id="d" * 26)
    async with events(house.bridge.client, TENANT, signer=signer) as reader:
        await reader.of("following")
        assert 200 == (await extend(house, reader.welcome["stream"], following))[0]
        reader.seals.session = following.session
        await house.revoke(signer.session)
        stream = house.app[DESK].find(reader.welcome["stream"])
        assert stream is not None
        await until(lambda: stream.asked_in == house.app[DESK].generation)
        await put(house, 1)
        assert [1] == await reader.messages(1)


async def test_a_bridge_that_stops_says_where_everybody_stood_and_when_to_come_back(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with (
        reading(house.bridge.client, signer) as socket,
        events(house.bridge.client, TENANT, signer=signer) as stream,
    ):
        await socket.follow(TENANT)
        await stream.of("following")
        await put(house, 1, 2)
        assert [1, 2] == await socket.messages(2) == await stream.messages(2)
        house.app[DRAIN].begin()
        for reader in (socket, stream):
            bye = await reader.bye()
            assert ("reconnect", {TENANT: await top(house)}) == (bye["code"], places(bye))
            assert 0 <= bye["retry_after_seconds"] <= 1.0
        assert 4012 == await socket.close_code()
        assert await stream.is_over()


async def test_whoever_comes_while_it_stops_is_sent_elsewhere(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    house.app[DRAIN].begin()
    for target in ("/v1/stream", f"/v1/events?follow={TENANT}"):
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        upgrade["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
        async with house.bridge.client.get(target, headers=headers_of(signer, target) | upgrade) as response:
            assert (503, "crowded") == (response.status, (await response.json(content_type=None))["code"])
            assert 1 <= int(response.headers["Retry-After"]) <= 2


@pytest.fixture
async def deaf(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    """A bridge that soon takes a line for dead."""
    timing = Timing(look_seconds=0.02, ping_seconds=0.05, silence_seconds=0.5)
    async with open_house(tmp_path, sqlite_database, parts={"timing": timing}) as opened:
        yield opened


async def test_a_line_on_which_nobody_says_anything_is_cut(deaf: House) -> None:
    signer = await deaf.signer(scopes=("read",))
    async with reading(deaf.bridge.client, signer) as reader:
        # It does not read, so it answers no ping either.
        assert isinstance(reader, Reader)
        await until(lambda: 0 == deaf.app[DESK].meter.open["websocket"])


async def test_whoever_answers_pings_stays(deaf: House) -> None:
    signer = await deaf.signer(scopes=("read",))
    began = time.monotonic()
    async with reading(deaf.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        while time.monotonic() - began < 1.0:
            await put(deaf, 1)
            assert [1] == await reader.messages(1)


def test_pings_and_silence_are_as_the_protocol_says() -> None:
    assert (25.0, 60.0) == (Timing().ping_seconds, Timing().silence_seconds)
