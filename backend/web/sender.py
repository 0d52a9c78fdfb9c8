"""Where a request came from, for the few that have to know: never kept as it is, never logged."""

import ipaddress
from typing import Final

from aiohttp import hdrs

from backend.web.access import Authenticator
from backend.web.caller import Caller
from backend.web.caller_address import CallerAddress, unmapped
from backend.web.exchange import Exchange, Prove

_LONGEST_AGENT: Final = 512
# So much of an address belongs to one household or one school; the rest changes by itself.
_NETWORK_BITS: Final = {4: 24, 6: 64}
_NOWHERE: Final = "-"


class Sender:
    """What a request says of where it came from, worked out when it is asked for."""

    __slots__ = ("_addresses", "_exchange")

    def __init__(self, exchange: Exchange, addresses: CallerAddress) -> None:
        self._exchange = exchange
        self._addresses = addresses

    @property
    def network(self) -> str:
        """The network of the sender's address: /24 of IPv4, /64 of IPv6."""
        found = self._addresses.of(self._exchange)
        return _NOWHERE if found is None else network_of(found)

    @property
    def agent(self) -> str:
        """What the browser calls itself; anybody may write anything here."""
        return self._exchange.headers.get(hdrs.USER_AGENT, "")[:_LONGEST_AGENT]

    @property
    def address(self) -> str | None:
        """The whole address, for a list of networks that it has to be in."""
        return self._addresses.of(self._exchange)

    @property
    def by_https(self) -> bool:
        return self._addresses.by_https(self._exchange)

    @property
    def authority(self) -> str:
        """The name under which it asked, in lower case; that it is one of ours was checked."""
        return self._exchange.headers.get(hdrs.HOST, "").lower()

    @property
    def body(self) -> bytes:
        """The body as it was sent, for whoever has to know its digest."""
        return self._exchange.sent

    def only(self, name: str) -> str | None:
        """Return the value of a header that stands exactly once."""
        found = self._exchange.headers.getall(name, ())
        return found[0] if len(found) == 1 else None

    @property
    def has_gone(self) -> bool:
        """Whether nobody is there any more who would take an answer."""
        transport = self._exchange.transport
        return transport is None or transport.is_closing()

    async def who_asks(self, authenticator: Authenticator) -> Caller:
        """Return whose the request is by the rights that they have now; Unauthenticated where they have gone."""
        return await authenticator.caller(self._exchange)

    def answer_with(self, prove: Prove) -> None:
        """Have whatever is answered from here on, a refusal too, carry what shows that it is ours."""
        self._exchange.prove = prove

    def cookie(self, name: str) -> str | None:
        """Return a cookie of ours beside that of the sign-in, if it stands there exactly once."""
        pairs = (
            pair.strip(" \t").partition("=")
            for line in self._exchange.headers.getall(hdrs.COOKIE, ())
            for pair in line.split(";")
        )
        found = [value for each, _, value in pairs if each == name]
        return found[0] if len(found) == 1 else None


def network_of(address: str) -> str:
    try:
        read = unmapped(ipaddress.ip_address(address))
    except ValueError:
        return _NOWHERE
    return str(ipaddress.ip_network(f"{read}/{_NETWORK_BITS[read.version]}", strict=False))
