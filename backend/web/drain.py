"""Whether this process still wants new work."""

from collections.abc import Callable


class Drain:
    """Begun once and never taken back; every answer after it ends its connection."""

    __slots__ = ("_then", "active")

    def __init__(self) -> None:
        self.active = False
        self._then: list[Callable[[], None]] = []

    def then(self, end: Callable[[], None]) -> None:
        """Have something ended with it that would go on by itself."""
        self._then.append(end)

    def begin(self) -> None:
        self.active = True
        for end in self._then:
            end()
