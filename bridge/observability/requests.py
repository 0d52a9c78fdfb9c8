"""How many requests, how they ended and how long they took, by route.

Kept as plain numbers of the one thread that answers requests: a metric object with its lock and its look-up of labels
would cost each request more than its line in the log.
"""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Final

BOUNDS_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Tally:
    """The requests of one route that ended with one class of status."""

    __slots__ = ("buckets", "seconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS_SECONDS) + 1)
        self.seconds = 0.0

    def cumulative(self) -> list[tuple[str, int]]:
        """The buckets as Prometheus counts them: each holds those below it."""
        found: list[tuple[str, int]] = []
        total = 0
        for bound, count in zip((*map(str, BOUNDS_SECONDS), "+Inf"), self.buckets, strict=True):
            total += count
            found.append((bound, total))
        return found


class RequestMeter:
    def __init__(self) -> None:
        self._tallies: dict[tuple[str, int], Tally] = {}

    def observe(self, route: str, status: int, seconds: float) -> None:
        """Count one request; `route` is one of ours or the mark for none, so the number of tallies is bounded."""
        key = (route, status // 100)
        tally = self._tallies.get(key)
        if tally is None:
            tally = self._tallies[key] = Tally()
        tally.buckets[bisect_left(BOUNDS_SECONDS, seconds)] += 1
        tally.seconds += seconds

    def tallies(self) -> Iterator[tuple[str, str, Tally]]:
        for (route, hundred), tally in sorted(self._tallies.items()):
            yield route, f"{hundred}xx", tally
