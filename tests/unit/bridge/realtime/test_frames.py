"""The frames of RFC 6455, as a reader of its section 5.2 takes them apart."""

import asyncio
from unittest.mock import Mock

import pytest
from aiohttp import WSMsgType
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
from aiohttp.base_protocol import BaseProtocol

from bridge.realtime.frames import PING, close_frame, pong_frame, text_frame


@pytest.mark.parametrize(
    ("length", "head"),
    [
        (0, "8100"),
        (1, "8101"),
        (125, "817d"),
        (126, "817e007e"),
        (127, "817e007f"),
        (65_535, "817effff"),
        (65_536, "817f0000000000010000"),
    ],
)
def test_a_text_says_its_length_in_the_shortest_form(length: int, head: str) -> None:
    text = b"x" * length

    assert bytes.fromhex(head) + text == text_frame(text)


def test_control_frames_are_as_the_rfc_has_them() -> None:
    assert bytes.fromhex("8900") == PING
    assert bytes.fromhex("8a03") + b"abc" == pong_frame(b"abc")
    # 4012, and the reason.
    assert bytes.fromhex("880b0fac") + b"reconnect" == close_frame(4012, "reconnect")


async def test_another_reader_understands_what_is_written() -> None:
    queue = WebSocketDataQueue(Mock(spec=BaseProtocol), 2**20, loop=asyncio.get_running_loop())
    reader = WebSocketReader(queue, 2**20, compress=False, decode_text=True)
    lengths = [0, 125, 126, 65_535, 65_536, 100_000]

    reader.feed_data(b"".join(text_frame(b"x" * length) for length in lengths) + PING + close_frame(4008, "slow"))

    assert [(WSMsgType.TEXT, "x" * length) for length in lengths] == [
        (read.type, read.data) for read in [await queue.read() for _ in lengths]
    ]
    assert WSMsgType.PING == (await queue.read()).type
    last = await queue.read()
    assert (WSMsgType.CLOSE, 4008, "slow") == (last.type, last.data, last.extra)
