"""Units of work while PostgreSQL is away: refused at once, where each would wait for a connection in vain."""

import math
from typing import Final

from backend.db.config import DatabaseConfig
from backend.db.reach import AlwaysAsked, Reach
from backend.errors import DatabaseUnavailable
from bridge.breakers.breaker import Breaker, BreakerOpen
from bridge.breakers.breakers import Breakers

OPEN_SECONDS: Final = 1.0


class BrokenOffDatabase:
    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker
        self.failed = breaker.failed
        self.left = breaker.left

    def enter(self) -> None:
        try:
            self._breaker.enter()
        except BreakerOpen as away:
            error = DatabaseUnavailable("The database cannot be used now: it did not answer before. Nothing was kept.")
            error.headers = (("Retry-After", str(max(1, math.ceil(away.seconds)))),)
            raise error from None

    def succeeded(self) -> None:
        # Called for every unit of work.
        if self._breaker.failures:
            self._breaker.succeeded()


def reach_of(config: DatabaseConfig, breakers: Breakers) -> Reach:
    """Return what stands before a server; a file needs none."""
    if config.dialect == "sqlite":
        return AlwaysAsked()
    return BrokenOffDatabase(breakers.made("postgresql", open_seconds=OPEN_SECONDS))
