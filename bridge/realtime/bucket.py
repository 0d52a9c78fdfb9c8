"""How often something may happen: so often at once, and so often each second."""

from collections.abc import Callable
from time import monotonic


class Bucket:
    __slots__ = ("_a_second", "_at_once", "_clock", "_room", "_since")

    def __init__(self, *, at_once: float, a_second: float, clock: Callable[[], float] = monotonic) -> None:
        self._at_once = at_once
        self._a_second = a_second
        self._clock = clock
        self._room = at_once
        self._since = clock()

    def take(self) -> bool:
        """Count one more, if it may be."""
        now = self._clock()
        self._room = min(self._at_once, self._room + (now - self._since) * self._a_second)
        self._since = now
        if self._room < 1:
            return False
        self._room -= 1
        return True
