"""Stops asking what does not answer: after a few failures in a row nobody waits for it, and now and then one tries.

A breaker is of one worker and stands in its memory alone: what it speaks of may be where its state would be kept. One
thread uses it, that of the loop, so there is no lock.
"""

import time
from collections.abc import Callable
from enum import IntEnum
from typing import Final

FAILURES: Final = 3


class State(IntEnum):
    """In the order of how bad it is; the numbers stand in the metrics."""

    CLOSED = 0
    HALF_OPEN = 1
    OPEN = 2


class BreakerOpen(Exception):
    """It was not asked; worth trying again after so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not asked: it did not answer before, and is tried again in {seconds:.1f} s")
        self.seconds = seconds


class Breaker:
    """`enter` before, then exactly one of `succeeded`, `failed` and `left`."""

    __slots__ = ("_clock", "_open_seconds", "_opened_at", "_probe_at", "failures", "failures_most", "name", "openings")

    def __init__(
        self,
        name: str,
        *,
        open_seconds: float,
        failures: int = FAILURES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self.failures = 0
        self.failures_most = failures
        self.openings = 0
        self._open_seconds = open_seconds
        self._clock = clock
        self._opened_at: float | None = None
        self._probe_at: float | None = None

    @property
    def state(self) -> State:
        if self._opened_at is None:
            return State.CLOSED
        return State.OPEN if self.seconds_left > 0 else State.HALF_OPEN

    @property
    def seconds_left(self) -> float:
        """Until somebody may try; 0 where that is now."""
        if self._opened_at is None:
            return 0.0
        return max(0.0, self._opened_at + self._open_seconds - self._clock())

    def enter(self) -> None:
        """Raise BreakerOpen, or let this one ask. Of those that come half open, one at a time is let through."""
        if self._opened_at is None:
            return
        left = self.seconds_left
        if left > 0:
            raise BreakerOpen(left)
        now = self._clock()
        # Whoever tried and never told how it went does not close the way for good.
        if self._probe_at is not None and now < self._probe_at + self._open_seconds:
            raise BreakerOpen(self._probe_at + self._open_seconds - now)
        self._probe_at = now

    def succeeded(self) -> None:
        """It answered."""
        self.failures = 0
        self._opened_at = self._probe_at = None

    def failed(self) -> None:
        """It did not answer. The last of a few in a row opens, and so does one that was a try."""
        self.failures += 1
        was_closed = self._opened_at is None
        if was_closed and self.failures < self.failures_most:
            return
        if not was_closed and self.seconds_left > 0:
            # Those that were under way when it opened do not make it longer.
            return
        self.openings += 1
        self._opened_at, self._probe_at = self._clock(), None

    def left(self) -> None:
        """Nobody knows how it went: whoever asked went away."""
        self._probe_at = None
