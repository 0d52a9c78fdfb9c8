"""What waits for whoever follows a channel: bounded, so that a slow reader stops the stream and fills no memory."""

import asyncio
from collections import deque
from typing import Final

from bridge.client.following.events import Event

MOST_EVENTS: Final = 256
MOST_BYTES: Final = 1_048_576


class Closed(Exception):
    """Nothing more comes, and there is nothing wrong."""


class Buffer:
    """One writes, one reads."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[Event, int]] = deque()
        self._bytes = 0
        self._end: Exception | None = None
        self._filled = asyncio.Event()
        self._drained = asyncio.Event()

    async def room(self) -> None:
        """Wait until one more may be added."""
        while self._end is None and self._is_full:
            self._drained.clear()
            await self._drained.wait()

    def put(self, event: Event, size: int = 0) -> None:
        """Add one at once; after the end it is dropped, as nobody reads it."""
        if self._end is None:
            self._waiting.append((event, size))
            self._bytes += size
            self._filled.set()

    async def get(self) -> Event:
        """Return the next one; what ended it once nothing is left."""
        while not self._waiting:
            if self._end is not None:
                raise self._end
            self._filled.clear()
            await self._filled.wait()
        event, size = self._waiting.popleft()
        self._bytes -= size
        self._drained.set()
        return event

    def end(self, why: Exception) -> None:
        if self._end is None:
            self._end = why
            self._filled.set()
            self._drained.set()

    @property
    def _is_full(self) -> bool:
        return len(self._waiting) >= MOST_EVENTS or (bool(self._waiting) and self._bytes >= MOST_BYTES)
