"""Ends requests that take too long.

One look over all of them now and then: a timer for each, set and taken back, would cost every request as much as
finding its route and checking its host.
"""

import asyncio
from time import perf_counter
from typing import Final

from backend.web.exchange import Exchange

_LOOKS_PER_LIMIT: Final = 8
_LONGEST_PAUSE_SECONDS: Final = 1.0


class TimeLimit:
    """Holds the requests that are being answered, in the order in which they began."""

    def __init__(self, limit_seconds: float) -> None:
        self._limit_seconds = limit_seconds
        self._pause_seconds = min(limit_seconds / _LOOKS_PER_LIMIT, _LONGEST_PAUSE_SECONDS)
        self._running: dict[str, tuple[Exchange, asyncio.Task[object] | None]] = {}
        self._looking = False

    def __len__(self) -> int:
        return len(self._running)

    def begin(self, exchange: Exchange) -> None:
        """Watch the task that runs now, until `end`."""
        self._running[exchange.request_id] = (exchange, asyncio.current_task(exchange.event_loop))
        if not self._looking:
            self._look_later(exchange.event_loop)

    def end(self, exchange: Exchange) -> None:
        del self._running[exchange.request_id]

    def _look_later(self, loop: asyncio.AbstractEventLoop) -> None:
        self._looking = True
        loop.call_later(self._pause_seconds, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._looking = False
        began_before = perf_counter() - self._limit_seconds
        for exchange, task in self._running.values():
            if exchange.began > began_before:
                break
            if task is not None and not exchange.expired:
                exchange.expired = True
                task.cancel()
        if self._running:
            self._look_later(loop)
