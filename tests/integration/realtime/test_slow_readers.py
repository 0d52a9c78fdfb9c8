"""Somebody who does not read: states are summed up, then the stream ends with its cursors, and nobody else waits."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from backend.db.config import DatabaseConfig
from bridge.realtime.desk import DESK
from bridge.realtime.timing import Timing
from tests.integration.gate.house import House, open_house
from tests.integration.gate.signer import Signer
from tests.integration.realtime.channels import TENANT, put
from tests.integration.realtime.reader import Seals, headers_of, opened_by, reading
from tests.integration.web.waiting import until

LARGE = "x" * 60_000
# More than the buffers of the two systems take, and what waits here.
TOO_MUCH = 200
_SMALL_BUFFER = 4096


class Slow:
    """A WebSocket on a socket with a small buffer, which is read when the test says so."""

    def __init__(self, connection: socket.socket, session: Any, opened_by: str) -> None:
        self._connection = connection
        self._seals = Seals(session, opened_by)
        self._data = b""

    async def items(self) -> list[dict[str, Any]]:
        """Read all that comes until the stream is closed, or its connection is cut."""
        loop = asyncio.get_running_loop()
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(20):
            while True:
                found += self._taken()
                if found and found[-1]["type"] == "close":
                    return found
                try:
                    more = await loop.sock_recv(self._connection, 1 << 20)
                except ConnectionError:
                    return found
                if not more:
                    return found
                self._data += more

    async def some(self, kind: str) -> list[dict[str, Any]]:
        """Read until an item of this kind came."""
        loop = asyncio.get_running_loop()
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(20):
            while not any(each["type"] == kind for each in found):
                found += self._taken()
                if not any(each["type"] == kind for each in found):
                    self._data += await loop.sock_recv(self._connection, 1 << 20)
        return found

    async def say(self, frame: dict[str, Any]) -> None:
        text = json.dumps(frame).encode()
        head = bytes([0x81, 0x80 | len(text)]) if len(text) < 126 else bytes([0x81, 0xFE]) + len(text).to_bytes(2)
        await asyncio.get_running_loop().sock_sendall(self._connection, head + bytes(4) + text)

    def _taken(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while (frame := _frame(self._data)) is not None:
            opcode, text, self._data = frame
            if opcode == 1:
                found += self._seals.put(text.decode())
            elif opcode == 8:
                found.append({"type": "close", "code": int.from_bytes(text[:2])})
        return found


def _frame(data: bytes) -> tuple[int, bytes, bytes] | None:
    """Take one frame of a server from the beginning, if it is whole."""
    if len(data) < 10:
        return (
            None
            if len(data) < 2 or data[1] > len(data) - 2
            else (data[0] & 15, data[2 : 2 + data[1]], data[2 + data[1] :])
        )
    length, start = data[1], 2
    if length == 126:
        length, start = int.from_bytes(data[2:4]), 4
    elif length == 127:
        length, start = int.from_bytes(data[2:10]), 10
    end = start + length
    return None if len(data) < end else (data[0] & 15, data[start:end], data[end:])


@asynccontextmanager
async def slow(house: House, signer: Signer) -> AsyncIterator[Slow]:
    """Follow the channel, and then read nothing."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(connection, ("127.0.0.1", house.bridge.port))
        headers = headers_of(signer, "/v1/stream")
        lines = [f"{name}: {value}" for name, value in headers.items()]
        lines += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
        lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", f"Host: 127.0.0.1:{house.bridge.port}"]
        head = "\r\n".join(("GET /v1/stream HTTP/1.1", *lines, "", "")).encode()
        await loop.sock_sendall(connection, head)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += await loop.sock_recv(connection, 4096)
        found = Slow(connection, signer.session, opened_by("/v1/stream", headers))
        found._data = answer.partition(b"\r\n\r\n")[2]
        await found.say({"type": "follow", "channel": TENANT, "begin": "latest"})
        assert ["welcome", "following"] == [each["type"] for each in await found.some("following")]
        yield found
    finally:
        connection.close()


def is_held(house: House) -> bool:
    return any(following.stream.is_held for following in house.app[DESK]._streams.values())


async def test_whoever_does_not_read_is_ended_with_its_cursors_and_holds_nobody_up(house: House) -> None:
    signer, other = [await house.signer(scopes=("read",)) for _ in range(2)]
    async with slow(house, signer) as reader, reading(house.bridge.client, other) as quick:
        await quick.follow(TENANT)
        slowest = 0.0
        for number in range(TOO_MUCH):
            began = monotonic()
            await put(house, [number, LARGE])
            assert number == (await quick.message())["data"][0]
            slowest = max(slowest, monotonic() - began)
        await until(lambda: house.app[DESK].meter.ended["slow"] == 1)
        found = await reader.items()

    messages = [each for each in found if each["type"] == "message"]
    # All that was sent, without a gap, and nothing after it.
    assert [*range(len(messages))] == [each["data"][0] for each in messages]
    assert 0 < len(messages) < TOO_MUCH
    assert ["bye", "close"] == [each["type"] for each in found[-2:]]
    assert ("slow", {TENANT: messages[-1]["cursor"]}) == (found[-2]["code"], found[-2]["cursors"])
    assert 4008 == found[-1]["code"]
    assert slowest < 2.0


async def test_whoever_reads_again_goes_on_without_a_gap(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with slow(house, signer) as reader:
        number = 0
        while not is_held(house):
            await put(house, [number, LARGE])
            number += 1
            await asyncio.sleep(0)
        await put(house, *([number + more, LARGE] for more in range(5)))
        await reader.say({"type": "ping"})
        found = await reader.some("pong")
        await put(house, ["last", ""])
        found += await reader.some("message")

    data = [each["data"][0] for each in found if each["type"] == "message"]
    assert [*range(number + 5), "last"] == data


async def test_states_are_summed_up_for_a_slow_reader_and_what_is_left_out_is_said(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with slow(house, signer) as reader:
        number = 0
        while not is_held(house):
            await put(house, [number, LARGE], key="k")
            number += 1
            await asyncio.sleep(0)
        # Far more than may wait, of two keys.
        for more in range(100):
            [cursor] = await put(house, [number + more, LARGE], key=f"k{more % 2}")
            await asyncio.sleep(0)
        await reader.say({"type": "ping"})
        found = await reader.some("pong")

    left_out = {offset for each in found if each["type"] == "coalesced" for offset in each["offsets"]}
    had = {int(each["cursor"].partition(".")[2]) for each in found if each["type"] == "message"}
    assert left_out
    assert not left_out & had
    assert {*range(1, cursor.offset + 1)} == left_out | had
    assert number + 99 == [each for each in found if each["type"] == "message"][-1]["data"][0]
    assert house.app[DESK].meter.coalesced == len(left_out)


@pytest.fixture
async def impatient(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    timing = Timing(look_seconds=0.02, unread_seconds=0.2)
    async with open_house(tmp_path, sqlite_database, parts={"timing": timing}) as opened:
        yield opened


async def test_what_waits_too_long_ends_the_stream_however_little_it_is(impatient: House) -> None:
    signer = await impatient.signer(scopes=("read",))
    async with slow(impatient, signer) as reader:
        while not is_held(impatient):
            await put(impatient, LARGE)
            await asyncio.sleep(0)
        await put(impatient, "one more")
        await until(lambda: impatient.app[DESK].meter.ended["slow"] == 1)
        found = await reader.items()

    assert "one more" not in [each.get("data") for each in found]
    assert "slow" == found[-2]["code"]


def test_ten_seconds_are_the_longest_that_anything_waits() -> None:
    assert 10.0 == Timing().unread_seconds


@pytest.fixture
async def short(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    timing = Timing(look_seconds=0.02, unread_seconds=0.1, taken_seconds=0.1)
    async with open_house(tmp_path, sqlite_database, parts={"timing": timing}) as opened:
        yield opened


async def test_whoever_does_not_take_the_last_words_is_cut(short: House) -> None:
    signer = await short.signer(scopes=("read",))
    async with slow(short, signer):
        while not is_held(short):
            await put(short, LARGE)
            await asyncio.sleep(0)
        await put(short, "one more")
        await until(lambda: 0 == short.app[DESK].meter.open["websocket"])
