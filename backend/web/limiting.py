"""What an endpoint asks of whoever counts its requests; the counting itself is no affair of this layer."""

from typing import Protocol

from backend.web.caller import Caller
from backend.web.exchange import Exchange
from backend.web.route import Route


class Limiter(Protocol):
    """Raises TooManyRequests where there are too many, and says in the head of the answer what is left."""

    def of(self, route: Route) -> "RouteLimiter":
        """Return what counts the requests of one route; a rate class that nobody knows is refused here."""
        ...


class RouteLimiter(Protocol):
    def meet(self, exchange: Exchange) -> None:
        """Count a request before anybody looks at who sent it."""
        ...

    def charge(self, exchange: Exchange, caller: Caller) -> None:
        """Count it for whoever sent it."""
        ...

    def meet_known(self, exchange: Exchange, caller: Caller) -> None:
        """Do both for somebody who is remembered, in this order: what the first refuses, the second does not count."""
        ...
