"""What works off the rows of the outbox, by kind."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from backend.db.fresh import OutboxRow

Handler = Callable[[OutboxRow], Awaitable[None]]

LIMIT_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Registered:
    handler: Handler
    limit_seconds: float
    """After that long it is cancelled, and tried again later."""


class Handlers:
    """A handler may be called more than once for the same row: the row's id tells it what it has done before."""

    def __init__(self) -> None:
        self._by_kind: dict[str, Registered] = {}

    def add(self, kind: str, handler: Handler, *, limit_seconds: float = LIMIT_SECONDS) -> None:
        if kind in self._by_kind:
            raise ValueError(f"two handlers for the outbox kind {kind}")
        self._by_kind[kind] = Registered(handler, limit_seconds)

    def __contains__(self, kind: str) -> bool:
        return kind in self._by_kind

    def __getitem__(self, kind: str) -> Registered:
        return self._by_kind[kind]

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(self._by_kind)
