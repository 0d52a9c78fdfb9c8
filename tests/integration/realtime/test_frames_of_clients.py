"""What a client says that it may not: the stream ends with a word, and nothing is done."""

import json
import os
from typing import Any

import pytest
from aiohttp import WSMsgType

from bridge.realtime.desk import DESK
from bridge.realtime.transports.websocket import SAID_AT_ONCE
from tests.integration.gate.house import House
from tests.integration.realtime.channels import TENANT, put
from tests.integration.realtime.reader import STREAM, Reader, headers_of, reading, spoken
from tests.integration.web.waiting import until
from tests.integration.web.wire import connected

FOLLOW = {"type": "follow", "channel": TENANT, "begin": "latest"}


async def is_at_fault(reader: Reader) -> bool:
    bye = await reader.bye()
    return ("malformed", 4000) == (bye["code"], await reader.close_code())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"follow"',
        "{",
        "{}",
        '{"type": "unknown"}',
        '{"type": ["ping"]}',
        '{"type": "ping", "more": 1}',
        '{"type": "ping"}{"type": "ping"}',
        '{"type": "ping", "type": "leave"}',
        json.dumps({"type": "follow", "channel": TENANT}),
        json.dumps(FOLLOW | {"begin": None}),
        json.dumps(FOLLOW | {"begin": 5}),
        json.dumps(FOLLOW | {"channel": "x" * 81}),
        json.dumps(FOLLOW | {"begin": "x" * 41}),
        json.dumps({"type": "extend"}),
        json.dumps({"type": "extend", "content_digest": "\r\n", "signature_input": "", "signature": ""}),
        json.dumps({"type": "welcome"}),
    ],
)
async def test_what_is_no_frame_of_a_client_ends_the_stream(house: House, text: str) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        await reader.socket.send_str(text)
        assert await is_at_fault(reader)


async def test_frames_are_texts(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        await reader.socket.send_bytes(json.dumps(FOLLOW).encode())
        assert await is_at_fault(reader)


async def test_a_frame_of_64_kib_is_read_and_a_longer_one_is_not(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    longest = '{"type": "ping"}'.ljust(65_536)
    async with reading(house.bridge.client, signer) as reader:
        await reader.socket.send_str(longest)
        assert "pong" == (await reader.item())["type"]
        await reader.socket.send_str(longest + " ")
        assert await is_at_fault(reader)


async def test_a_text_is_utf_8(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        await reader.socket.send_frame(b'{"type": "p\xffng"}', WSMsgType.TEXT)
        assert await is_at_fault(reader)


async def test_a_frame_may_come_in_parts(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    signed = headers_of(signer, STREAM)
    async with connected(house.bridge.port) as wire:
        lines = [f"{name}: {value}" for name, value in signed.items()]
        lines += ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
        lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", f"Host: 127.0.0.1:{house.bridge.port}"]
        await wire.send("\r\n".join((f"GET {STREAM} HTTP/1.1", *lines, "", "")).encode())
        assert 101 == (await wire.receive()).status
        whole = b'{"type": "ping"}'
        for first, opcode, part in ((0x00, 0x01, whole[:5]), (0x80, 0x00, whole[5:])):
            await wire.send(bytes([first | opcode, 0x80 | len(part)]) + bytes(4) + part)
        await until(lambda: _has_come(wire, b'"pong"'))


async def _has_come(wire: Any, text: bytes) -> bool:
    return text in await wire._reader.read(4096)


async def test_an_extension_that_was_not_agreed_on_is_a_fault(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        writer = reader.socket._writer.transport
        assert writer is not None
        # A text with the first reserved bit, as a compressed one has it.
        writer.write(bytes([0xC1, 0x80]) + os.urandom(4))
        assert await is_at_fault(reader)


async def test_whoever_says_too_much_is_sent_away(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        for _ in range(SAID_AT_ONCE * 2):
            await reader.say({"type": "ping"})
        assert await is_at_fault(reader)


async def test_control_frames_count_too(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        for _ in range(SAID_AT_ONCE * 2):
            await reader.socket.ping()
        assert await is_at_fault(reader)


async def test_a_ping_of_the_protocol_below_is_answered(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        reader.socket._autoping = False
        await reader.socket.ping(b"abc")
        answer = await reader.socket.receive()

    assert (WSMsgType.PONG, b"abc") == (answer.type, answer.data)


async def test_what_is_said_after_the_end_is_not_heard(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    desk = house.app[DESK]
    async with reading(house.bridge.client, signer) as reader:
        await reader.socket.send_str("{")
        await reader.say(spoken(signer, "hello", STREAM))
        await reader.say(FOLLOW)
        assert await is_at_fault(reader)
        assert [] == [each for each in desk.hub.feeds if each.members]
        await put(house, 1)
    await until(lambda: 0 == desk.meter.open["websocket"])
    assert {"malformed": 1} == dict(desk.meter.ended)
