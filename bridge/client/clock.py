"""The bridge's time, as far as a client has learned it from what was proven."""

import time
from collections.abc import Callable
from typing import Final, TypeAlias

Clock: TypeAlias = Callable[[], float]
# Beyond this a person is told, because other things than this protocol will fail on such a machine.
TOLD_FROM_SECONDS: Final = 600


class BridgeClock:
    """Counts on with a clock that only moves forward; the machine's own date is never asked for `created`."""

    def __init__(self, *, monotonic: Clock = time.monotonic, wall: Clock = time.time) -> None:
        self._monotonic = monotonic
        self._wall = wall
        self._ahead_of_monotonic: float | None = None

    def now(self) -> float:
        """Seconds of the clock that only moves forward."""
        return self._monotonic()

    def learn(self, time_milliseconds: int) -> None:
        """Take the time of a proven grant or answer."""
        self._ahead_of_monotonic = time_milliseconds / 1000 - self._monotonic()

    def created(self) -> int:
        """The time in seconds as the bridge sees it."""
        if self._ahead_of_monotonic is None:
            raise RuntimeError("no grant has told the time yet")
        return int(self._monotonic() + self._ahead_of_monotonic)

    @property
    def machine_differs_by_seconds(self) -> float:
        """How far the date of this machine is ahead of the bridge's, negative where it is behind."""
        if self._ahead_of_monotonic is None:
            return 0.0
        return self._wall() - (self._monotonic() + self._ahead_of_monotonic)
