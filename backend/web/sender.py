"""Where a request came from, for the few that have to know: never kept as it is, never logged."""

import ipaddress
from typing import Final

from aiohttp import hdrs

from backend.web.caller_address import CallerAddress
from backend.web.exchange import Exchange

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
        read = ipaddress.ip_address(address)
    except ValueError:
        return _NOWHERE
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped is not None:
        read = read.ipv4_mapped
    return str(ipaddress.ip_network(f"{read}/{_NETWORK_BITS[read.version]}", strict=False))
