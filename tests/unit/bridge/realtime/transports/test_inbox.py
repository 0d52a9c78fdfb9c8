import asyncio
from typing import Final

import pytest
from aiohttp import EofStream
from aiohttp._websocket.models import WebSocketError
from aiohttp._websocket.reader import WebSocketReader
from aiohttp.base_protocol import BaseProtocol

from bridge.realtime.transports.inbox import HELD_BYTES, MOST_WAITING, Inbox, OverfullError

_MASK_OF_ZEROS: Final = bytes(4)
_PING: Final = b"\x89\x80" + _MASK_OF_ZEROS
_RESERVED: Final = b"\xf1\x80" + _MASK_OF_ZEROS


class Line(BaseProtocol):
    """A connection that notes whether it is to be read from."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def pause_reading(self) -> None:
        self.told.append("pause")

    def resume_reading(self, resume_parser: bool = True) -> None:  # noqa: ARG002, FBT001, FBT002 - aiohttp's own
        self.told.append("resume")


class Way:
    """What a client sends, through the reader of frames into an inbox."""

    def __init__(self) -> None:
        self.line = Line()
        self.inbox = Inbox(self.line)
        self._reader = WebSocketReader(self.inbox, HELD_BYTES + 1, compress=False, decode_text=True)

    def send(self, *sent: bytes) -> None:
        self._reader.feed_data(b"".join(sent))

    def take(self) -> object:
        frame = self.inbox.take()
        return None if frame is None else frame.data


def text(data: bytes) -> bytes:
    return b"\x81\xfe" + len(data).to_bytes(2) + _MASK_OF_ZEROS + data


@pytest.fixture
def way() -> Way:
    return Way()


def test_frames_are_taken_in_the_order_in_which_they_came(way: Way) -> None:
    way.send(text(b"first"), text(b"second"))
    assert ["first", "second", None] == [way.take() for _ in range(3)]


def test_of_a_frame_that_has_not_come_whole_there_is_nothing_to_take(way: Way) -> None:
    whole = text(b"whole")
    way.send(whole[:-1])
    assert way.take() is None
    way.send(whole[-1:])
    assert "whole" == way.take()


def test_the_end_is_told_after_the_last_frame_and_as_often_as_somebody_asks(way: Way) -> None:
    way.send(text(b"last"))
    way.inbox.feed_eof()
    assert "last" == way.take()
    for _ in range(2):
        with pytest.raises(EofStream):
            way.take()


def test_what_is_no_frame_is_told_after_the_frames_before_it(way: Way) -> None:
    way.send(text(b"right"), _RESERVED)
    assert "right" == way.take()
    for _ in range(2):
        with pytest.raises(WebSocketError):
            way.take()


def test_nothing_is_read_while_much_waits_and_it_goes_on_when_that_is_taken(way: Way) -> None:
    half = text(b"x" * (HELD_BYTES // 2))
    way.send(half, half)
    assert [] == way.line.told
    way.send(text(b"y"), text(b"z"))
    assert ["pause"] == way.line.told
    way.take()
    assert ["pause", "resume"] == way.line.told


def test_more_frames_than_anybody_may_send_are_not_kept(way: Way) -> None:
    way.send(_PING * (MOST_WAITING + 5))
    assert [b""] * MOST_WAITING == [way.take() for _ in range(MOST_WAITING)]
    with pytest.raises(OverfullError):
        way.take()


@pytest.mark.parametrize("end", ["frame", "end", "fault"])
async def test_whoever_waits_is_told(way: Way, end: str) -> None:
    waiting = asyncio.create_task(way.inbox.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    if end == "frame":
        way.send(text(b"hello"))
        assert "hello" == (await waiting).data
    elif end == "end":
        way.inbox.feed_eof()
        with pytest.raises(EofStream):
            await waiting
    else:
        way.send(_RESERVED)
        with pytest.raises(WebSocketError):
            await waiting


async def test_whoever_stopped_waiting_takes_nothing_from_the_next(way: Way) -> None:
    waiting = asyncio.create_task(way.inbox.next())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    way.send(text(b"hello"))
    assert "hello" == way.take()
    assert way.take() is None
