"""The frames of a WebSocket that came and were not taken yet: next to nothing while there are none."""

import asyncio
from collections import deque
from typing import Final, TypeAlias

from aiohttp import EofStream, WSMessage
from aiohttp._websocket.models import WSMessageTextBytes
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.base_protocol import BaseProtocol

Frame: TypeAlias = WSMessage | WSMessageTextBytes

# Nothing more is read from the line while so much waits.
HELD_BYTES: Final = 64 * 1024
# Far beyond what a client may say: whoever has more waiting says it in one go, and is at fault.
MOST_WAITING: Final = 1024


class OverfullError(Exception):
    """More frames came at once than anybody may send."""


class Inbox(WebSocketDataQueue):
    """Fed by aiohttp's reader of frames, in the place of the queue that it comes with.

    That one keeps a deque, its bound methods and a future for each connection, 1 KiB, though nothing is said on it.
    """

    __slots__ = ("_connection", "_error", "_has_ended", "_is_held", "_news", "_waiting", "_waiting_bytes")

    # By these the reader would stop in the middle of what it was given; here the line is held instead.
    _size = 0
    _limit = 0

    # Its own is made by nobody.
    def __init__(self, connection: BaseProtocol) -> None:
        self._connection = connection
        self._waiting: deque[tuple[Frame, int]] | None = None
        self._waiting_bytes = 0
        self._is_held = False
        self._has_ended = False
        self._error: BaseException | None = None
        self._news: asyncio.Future[None] | None = None

    def feed_data(self, data: Frame, size: int) -> None:
        if self._error is not None:
            return
        if self._waiting is None:
            self._waiting = deque()
        if len(self._waiting) >= MOST_WAITING:
            self._error = OverfullError()
            return
        self._waiting.append((data, size))
        self._waiting_bytes += size
        if self._waiting_bytes > HELD_BYTES and not self._is_held:
            self._is_held = True
            self._connection.pause_reading()
        self._wake()

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:  # noqa: ARG002
        self._error = exc
        self._wake()

    def feed_eof(self) -> None:
        self._has_ended = True
        self._wake()

    def take(self) -> Frame | None:
        """Return the frame that came first, None where there is none.

        After the last one it raises: WebSocketError where what follows is none, OverfullError where it is too much,
        EofStream at the end.
        """
        waiting = self._waiting
        if waiting is not None:
            frame, size = waiting.popleft()
            self._waiting_bytes -= size
            if not waiting:
                self._waiting = None
            if self._is_held and self._waiting_bytes <= HELD_BYTES:
                self._is_held = False
                self._connection.resume_reading()
            return frame
        if self._error is not None:
            raise self._error
        if self._has_ended:
            raise EofStream
        return None

    async def next(self) -> Frame:
        """Wait for a frame."""
        while (frame := self.take()) is None:
            self._news = asyncio.get_running_loop().create_future()
            await self._news
        return frame

    def _wake(self) -> None:
        news, self._news = self._news, None
        if news is not None and not news.done():
            news.set_result(None)
