"""Whether this process still wants new work."""


class Drain:
    """Begun once and never taken back; every answer after it ends its connection."""

    __slots__ = ("active",)

    def __init__(self) -> None:
        self.active = False

    def begin(self) -> None:
        self.active = True
