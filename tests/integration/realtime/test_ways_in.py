"""Who it is that follows: by a signature, a ticket or a first frame, and by nothing less."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType, WSServerHandshakeError

from backend.db.config import DatabaseConfig
from bridge.realtime.desk import DESK
from bridge.realtime.timing import Timing
from tests.integration.gate.house import House, open_house
from tests.integration.gate.signer import Signer, is_proven, send
from tests.integration.realtime.channels import TENANT, put
from tests.integration.realtime.reader import (
    PATIENCE_SECONDS,
    STREAM,
    EventReader,
    Reader,
    Seals,
    between_colons,
    events,
    headers_of,
    opened_by,
    reading,
    spoken,
    ticket,
    upgraded,
)
from tests.integration.web.waiting import until
from tests.integration.web.wire import connected, request
from tests.ledger.people import Directory

UPGRADE = (
    "Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
)
HTTPS = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}


@pytest.fixture
async def signer(house: House) -> Signer:
    return await house.signer(scopes=("read",))


async def refused(client: ClientSession, target: str, **headers: str) -> tuple[int, str | None]:
    """Try to upgrade, and return the status with the code."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = dict(line.split(": ") for line in UPGRADE.splitlines()) | named
    async with client.get(target, headers=lines) as response:
        return response.status, (await response.json(content_type=None))["code"]


async def test_an_upgrade_is_accepted_as_the_rfc_says_and_proven(house: House, signer: Signer) -> None:
    signed = signer.sign("GET", STREAM)
    lines = [f"{name.decode()}: {value.decode()}" for name, value in signed.headers if name != b"Content-Type"]
    async with connected(house.bridge.port) as wire:
        await wire.send("\r\n".join((f"GET {STREAM} HTTP/1.1", *lines, *UPGRADE.split("\n"), "", "")).encode())
        answer = await wire.receive()

    assert 101 == answer.status
    # The example of RFC 6455, 1.3.
    assert "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" == answer.header("Sec-WebSocket-Accept")
    assert ("websocket", "Upgrade") == (answer.header("Upgrade"), answer.header("Connection"))
    assert answer.header("Content-Length") is None
    assert answer.header("Sec-WebSocket-Extensions") is None
    # As that of an answer without a body.
    assert is_proven(signer.session, signed, answer)


async def test_a_ticket_opens_one_stream(house: House, signer: Signer) -> None:
    text = await ticket(house.bridge.client, signer, STREAM)
    async with upgraded(house.bridge.client, signer.session, f"{STREAM}?ticket={text}") as reader:
        assert "welcome" == (await reader.item())["type"]
        assert "following" == (await reader.follow(TENANT))["type"]
    assert (403, "ticket_refused") == await refused(house.bridge.client, f"{STREAM}?ticket={text}")


async def test_a_ticket_is_for_its_path(house: House, signer: Signer) -> None:
    client = house.bridge.client
    text = await ticket(client, signer, "/v1/events")
    assert (403, "ticket_refused") == await refused(client, f"{STREAM}?ticket={text}")
    target = f"/v1/events?follow={TENANT}&ticket={text}"
    async with client.get(target) as response:
        assert 200 == response.status
        reader = EventReader(response, signer.session, text)
        assert ["welcome", "following"] == [(await reader.item())["type"] for _ in range(2)]


async def test_a_ticket_is_worth_nothing_where_none_is_taken(house: House, signer: Signer) -> None:
    client = house.bridge.client
    text = await ticket(client, signer, "/v1/updates")
    async with client.get(f"/v1/updates?follow={TENANT}&ticket={text}") as response:
        assert 401 == response.status


async def test_a_ticket_of_a_session_that_was_ended_is_refused(house: House, signer: Signer) -> None:
    text = await ticket(house.bridge.client, signer, STREAM)
    await house.revoke(signer.session)
    assert (403, "ticket_refused") == await refused(house.bridge.client, f"{STREAM}?ticket={text}")


async def test_a_wrong_signature_is_never_taken_for_a_stranger_who_says_hello(house: House, signer: Signer) -> None:
    other = await house.signer(scopes=("read",))
    for name in ("Signature", "Signature-Input"):
        headers = headers_of(signer, STREAM)
        headers[name] = headers_of(other, STREAM)[name]
        assert (401, "not_proven") == await refused(house.bridge.client, STREAM, **headers)
        assert (400, "malformed") == await refused(house.bridge.client, STREAM, **{name: headers[name]})


async def test_a_signature_is_good_for_one_upgrade(house: House, signer: Signer) -> None:
    headers = headers_of(signer, STREAM)
    async with upgraded(house.bridge.client, signer.session, headers=headers) as reader:
        await reader.item()
        assert (409, "replayed") == await refused(house.bridge.client, STREAM, **headers)


async def test_the_first_frame_may_say_who_it_is(house: House, signer: Signer) -> None:
    async with upgraded(house.bridge.client, signer.session) as reader:
        # Somebody who only shows that the line is there has said nothing yet.
        await reader.socket.ping()
        await reader.say(spoken(signer, "hello", STREAM))
        assert "welcome" == (await reader.item())["type"]
        assert "following" == (await reader.follow(TENANT))["type"]
        await put(house, 1)
        assert [1] == await reader.messages(1)


async def raw(reader: Reader) -> tuple[str, str]:
    """Return the welcome and its seal as they came."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        return (await reader.socket.receive_str(), await reader.socket.receive_str())


async def test_what_was_said_on_one_stream_is_not_believed_on_another_of_the_same_session(
    house: House, signer: Signer
) -> None:
    client, headers = house.bridge.client, headers_of(signer, STREAM)
    at = f"{STREAM}?ticket={await ticket(client, signer, STREAM)}"
    hello = spoken(signer, "hello", STREAM)
    openers = (opened_by(STREAM, headers), opened_by(at, {}), between_colons(hello["signature"]))
    recorded = []
    async with upgraded(client, signer.session, headers=headers) as reader:
        recorded.append(await raw(reader))
    async with upgraded(client, signer.session, at) as reader:
        recorded.append(await raw(reader))
    async with upgraded(client, signer.session) as reader:
        await reader.say(hello)
        recorded.append(await raw(reader))

    believed = []
    for welcome, seal in recorded:
        for opener in openers:
            seals = Seals(signer.session, opener)
            assert [] == seals.put(welcome)
            try:
                believed.append("welcome" == seals.put(seal)[0]["type"])
            except AssertionError:
                believed.append(False)
    # Each by whoever opened it, and by nobody else.
    assert [True, False, False, False, True, False, False, False, True] == believed


async def _hello(house: House, frame: dict[str, Any] | str) -> tuple[str, int | None]:
    """Say something first; return the code of the last item, and with what the connection was closed."""
    async with upgraded(house.bridge.client, None) as reader:
        await reader.socket.send_str(frame if isinstance(frame, str) else json.dumps(frame))
        bye = await reader.of("bye")
        assert {} == bye["cursors"]
        return bye["code"], await reader.close_code()


async def test_a_first_frame_that_proves_nothing_is_refused(house: House, signer: Signer) -> None:
    other = await house.signer(scopes=("read",))
    wrong = spoken(signer, "hello", STREAM) | {"signature": spoken(other, "hello", STREAM)["signature"]}
    assert ("not_proven", 4003) == await _hello(house, wrong)
    assert ("not_proven", 4003) == await _hello(house, spoken(signer, "hello", "/v1/session"))
    assert ("not_proven", 4003) == await _hello(house, spoken(signer, "hello", f"{STREAM}?x=1"))
    assert ("not_proven", 4003) == await _hello(house, {"type": "ping"})
    assert ("not_proven", 4003) == await _hello(house, spoken(signer, "extend", STREAM))


async def test_a_first_frame_is_good_once(house: House, signer: Signer) -> None:
    frame = spoken(signer, "hello", STREAM)
    async with upgraded(house.bridge.client, signer.session) as reader:
        await reader.say(frame)
        assert "welcome" == (await reader.item())["type"]
        assert ("replayed", 4003) == await _hello(house, frame)


async def test_a_first_frame_says_why_it_is_refused_as_a_request_would_be(house: House, signer: Signer) -> None:
    old = spoken(signer, "hello", STREAM, created=int(time.time()) - 120)
    assert ("stale", 4003) == await _hello(house, old)
    await house.revoke(signer.session)
    assert ("revoked", 4003) == await _hello(house, spoken(signer, "hello", STREAM))
    assert ("malformed", 4000) == await _hello(house, "{")
    assert ("malformed", 4000) == await _hello(house, {"type": "hello"})
    assert ("malformed", 4000) == await _hello(house, spoken(signer, "hello", STREAM) | {"signature": "tbx=:x:"})


async def test_whoever_has_said_who_it_is_says_it_once(house: House, signer: Signer) -> None:
    async with reading(house.bridge.client, signer) as reader:
        await reader.say(spoken(signer, "hello", STREAM))
        assert "malformed" == (await reader.bye())["code"]
        assert 4000 == await reader.close_code()


@pytest.fixture
async def hasty(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    """A bridge that waits for a first frame for a moment only."""
    parts = {"timing": Timing(hello_seconds=0.05)}
    async with open_house(tmp_path, sqlite_database, parts=parts) as opened:
        yield opened


async def test_whoever_says_nothing_is_sent_away(hasty: House) -> None:
    async with upgraded(hasty.bridge.client, None) as reader:
        assert "not_proven" == (await reader.of("bye"))["code"]
        assert 4003 == await reader.close_code()
    await until(lambda: 0 == hasty.app[DESK].meter.open["websocket"])


def test_a_first_frame_has_five_seconds() -> None:
    assert 5.0 == Timing().hello_seconds


async def test_a_stranger_is_told_nothing_before_it_has_said_who_it_is(house: House) -> None:
    async with upgraded(house.bridge.client, None) as reader:
        await reader.say({"type": "follow", "channel": TENANT, "begin": "earliest"})
        assert "bye" == (await reader.item())["type"]
        assert WSMsgType.CLOSE == (await reader.socket.receive()).type


@pytest.mark.parametrize(
    "without",
    ["Connection", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key"],
)
async def test_what_asks_for_no_websocket_is_told_to(house: House, without: str) -> None:
    lines = "\n".join(line for line in UPGRADE.splitlines() if not line.startswith(f"{without}:"))
    async with connected(house.bridge.port) as wire:
        await wire.send(request(house.bridge.port, STREAM, headers=lines))
        answer = await wire.receive()

    assert (426, "upgrade_required") == (answer.status, answer.json["code"])
    assert "websocket" == answer.header("Upgrade")


@pytest.mark.parametrize(
    "changed",
    [
        "Sec-WebSocket-Version: 8",
        "Sec-WebSocket-Key: short",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ",
        "Upgrade: h2c",
        "Connection: close",
    ],
)
async def test_another_kind_of_upgrade_is_none(house: House, changed: str) -> None:
    name = changed.partition(":")[0]
    lines = [line for line in UPGRADE.splitlines() if not line.startswith(f"{name}:")]
    async with connected(house.bridge.port) as wire:
        await wire.send(request(house.bridge.port, STREAM, headers="\n".join((*lines, changed))))
        assert 426 == (await wire.receive()).status


async def test_head_is_told_the_head_and_no_connection_is_handed_over(house: House, signer: Signer) -> None:
    async with connected(house.bridge.port) as wire:
        await wire.send(request(house.bridge.port, STREAM, method="HEAD", headers=UPGRADE))
        assert 426 == (await wire.receive(to_head=True)).status
    async with connected(house.bridge.port) as wire:
        signed = signer.sign("HEAD", f"/v1/events?follow={TENANT}")
        answer = await send(wire, signed)
        assert (200, "text/event-stream") == (answer.status, answer.header("Content-Type"))
        assert await wire.is_closed_by_the_other_side()
    assert 0 == house.app[DESK].meter.open["events"]


async def test_a_page_of_another_origin_opens_nothing(house: House, directory: Directory, signer: Signer) -> None:
    officer = directory.people["privacy_officer"]
    client = house.bridge.client
    assert (403, "foreign_origin") == await refused(client, STREAM, Origin="https://elsewhere.example")
    for headers in (officer.cookie, headers_of(signer, f"/v1/events?follow={TENANT}")):
        sent = headers | {"Origin": "https://elsewhere.example"}
        async with client.get(f"/v1/events?follow={TENANT}", headers=sent) as response:
            assert (403, "foreign_origin") == (response.status, (await response.json(content_type=None))["code"])


async def test_a_page_of_this_bridge_may_follow(house: House, directory: Directory, signer: Signer) -> None:
    origin = f"http://127.0.0.1:{house.bridge.port}"
    async with reading(house.bridge.client, signer, Origin=origin) as reader:
        assert "following" == (await reader.follow(TENANT))["type"]
    cookie = directory.people["privacy_officer"].cookie
    async with events(house.bridge.client, TENANT, headers=cookie | {"Origin": origin}) as reader:
        assert not reader.welcome["sealed"]


async def test_a_person_or_a_key_follows_by_what_its_request_brings(house: House, directory: Directory) -> None:
    client = house.bridge.client
    for name in ("privacy_officer", "api_key"):
        for headers in (directory.people[name].cookie, directory.people[name].authorization):
            async with events(client, TENANT, headers=headers) as reader:
                assert (False, None) == (reader.welcome["sealed"], reader.welcome["expires_in_seconds"])
                assert "following" == (await reader.item())["type"]
                [cursor] = await put(house, 1)
                assert [1] == await reader.messages(1)
            async with client.get(f"/v1/updates?follow={TENANT}@earliest", headers=headers) as response:
                assert (200, str(cursor)) == (response.status, (await response.json())["cursors"][TENANT])
            async with client.get(f"/v1/state?channel={TENANT}", headers=headers) as response:
                assert (200, str(cursor)) == (response.status, (await response.json())["cursor"])


async def test_nobody_follows_nothing(house: House) -> None:
    for target in (f"/v1/events?follow={TENANT}", f"/v1/updates?follow={TENANT}", f"/v1/state?channel={TENANT}"):
        for headers in ({}, {"Authorization": f"Bearer tbx_test_{'x' * 20}"}):
            async with house.bridge.client.get(target, headers=headers) as response:
                assert 401 == response.status


async def test_a_websocket_is_not_for_a_cookie(house: House, directory: Directory) -> None:
    """A page elsewhere could open one with it: whoever is a person follows by server-sent events."""
    async with upgraded(house.bridge.client, None, headers=directory.people["privacy_officer"].cookie) as reader:
        await reader.say({"type": "follow", "channel": TENANT, "begin": "latest"})
        assert "not_proven" == (await reader.of("bye"))["code"]


@pytest.fixture
async def behind_proxy(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    async with open_house(tmp_path, sqlite_database, trusted_proxies=("127.0.0.1/32",)) as opened:
        yield opened


async def test_over_https_nothing_is_sealed(behind_proxy: House) -> None:
    client, signer = behind_proxy.bridge.client, await behind_proxy.signer(scopes=("read",))
    async with reading(client, signer, is_sealed=False, **HTTPS) as reader:
        assert "following" == (await reader.follow(TENANT))["type"]
        await put(behind_proxy, 1)
        assert [1] == await reader.messages(1)
    target = f"/v1/events?follow={TENANT}"
    async with client.get(target, headers=headers_of(signer, target) | HTTPS) as response:
        line = b""
        while not line.startswith(b"data: "):
            line = await response.content.readline()
        assert json.loads(line[6:])["sealed"] is False


async def test_a_streams_room_is_asked_for_before_it_is_opened(house: House, signer: Signer) -> None:
    desk = house.app[DESK]
    desk.is_draining = True
    status, code = await refused(house.bridge.client, STREAM)
    assert (503, "crowded") == (status, code)
    with pytest.raises(WSServerHandshakeError):
        async with upgraded(house.bridge.client, signer.session, headers=headers_of(signer, STREAM)):
            pass
    target = f"/v1/events?follow={TENANT}"
    async with house.bridge.client.get(target, headers=headers_of(signer, target)) as response:
        assert 503 == response.status
        assert int(response.headers["Retry-After"]) >= 1
