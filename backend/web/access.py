"""What the web layer has to be given before it can let anybody in."""

from dataclasses import dataclass
from typing import Protocol

from backend.web.caller import Caller
from backend.web.exchange import Exchange


class Authenticator(Protocol):
    def known(self, exchange: Exchange) -> Caller | None:
        """Return who asks where that is remembered and may be used; refuses nothing, as nobody has counted it yet."""
        ...

    async def caller(self, exchange: Exchange) -> Caller:
        """Return who asks: ANYONE if the request brings nothing, Unauthenticated if what it brings is wrong."""
        ...


@dataclass(frozen=True, slots=True)
class Permissions:
    """The permissions there are, with what the check has to know of each."""

    names: frozenset[str]
    # Only for a person who has just proved anew who they are.
    step_up: frozenset[str]
    # Held on the whole platform by somebody, so that a route without a tenant can ask for them.
    platform: frozenset[str]


@dataclass(frozen=True, slots=True)
class Access:
    authenticator: Authenticator
    permissions: Permissions
