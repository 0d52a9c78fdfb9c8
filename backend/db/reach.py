"""Whether the server of a database is worth asking: whoever connects to it tells how it went."""

from typing import Protocol


class Reach(Protocol):
    """`enter` before connecting, then exactly one of the others. What becomes of a statement is not told."""

    def enter(self) -> None:
        """Raise DatabaseUnavailable where it did not answer before, and is not asked for a while."""
        ...

    def succeeded(self) -> None: ...

    def failed(self) -> None:
        """No connection could be made, or none of the pool became free in time."""
        ...

    def left(self) -> None:
        """Nobody knows how it went: whoever asked went away."""
        ...


class AlwaysAsked:
    """For a command, which asks a few times and ends."""

    def enter(self) -> None: ...
    def succeeded(self) -> None: ...
    def failed(self) -> None: ...
    def left(self) -> None: ...
