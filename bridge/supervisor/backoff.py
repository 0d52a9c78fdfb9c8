"""When a worker that ended is started again, and when to give up."""

from dataclasses import dataclass
from typing import Final

FIRST_DELAY_SECONDS: Final = 0.1
LONGEST_DELAY_SECONDS: Final = 5.0
# A worker that was ready for so long was well: its end says nothing about the next start.
STEADY_SECONDS: Final = 30.0
# So many failures in a row before a worker was ready, and it will not become ready by itself.
START_FAILURES_LIMIT: Final = 5
# From the go-ahead to ready; then a start counts as failed.
START_LIMIT_SECONDS: Final = 60.0


@dataclass(slots=True)
class Backoff:
    """0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5, 5 ... seconds, from the beginning again after a steady time."""

    start_failures: int = 0
    _ends: int = 0

    def ended(self, ready_seconds: float | None) -> float:
        """Note an end (None: it was never ready) and return the seconds to wait."""
        self.start_failures = self.start_failures + 1 if ready_seconds is None else 0
        if ready_seconds is not None and ready_seconds >= STEADY_SECONDS:
            self._ends = 0
        delay = min(FIRST_DELAY_SECONDS * 2.0**self._ends, LONGEST_DELAY_SECONDS)
        if delay < LONGEST_DELAY_SECONDS:
            self._ends += 1
        return delay

    @property
    def hopeless(self) -> bool:
        return self.start_failures >= START_FAILURES_LIMIT
