"""Whose address a request came from."""

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from multidict import istr

from backend.web.exchange import Exchange

_FORWARDED_FOR: Final = istr("X-Forwarded-For")
_FORWARDED_PROTO: Final = istr("X-Forwarded-Proto")
_HTTPS: Final = ["https"]
_REMEMBERED: Final = 1024
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class CallerAddress:
    """The peer of the socket; behind trusted proxies the nearest address that none of them vouches for as its own."""

    def __init__(self, trusted_proxies: Iterable[str]) -> None:
        self._trusted: tuple[Network, ...] = tuple(ipaddress.ip_network(each) for each in trusted_proxies)
        # Reading an address takes longer than all else here, and the proxies are few.
        self._trusts = lru_cache(_REMEMBERED)(self._is_trusted)

    def of(self, exchange: Exchange) -> str | None:
        peer = exchange.remote
        if not self._trusted or peer is None or _FORWARDED_FOR not in exchange.headers:
            return peer
        return self.behind(peer, exchange.headers.getall(_FORWARDED_FOR))

    def by_https(self, exchange: Exchange) -> bool:
        """Whether a proxy that we trust says that it was asked over https; anybody else may say what they like."""
        return exchange.headers.getall(_FORWARDED_PROTO, None) == _HTTPS and self.is_proxy(exchange.remote)

    def behind(self, peer: str, forwarded_for: Iterable[str]) -> str:
        """Return the address that `peer` and the X-Forwarded-For headers of its request tell."""
        if not self._trusts(peer):
            return peer
        hops = [hop.strip() for hop in ",".join(forwarded_for).split(",") if hop.strip()]
        # Each proxy appends whom it heard from, so only the end of the list is known; anyone may write its beginning.
        for hop in reversed(hops):
            if not self._trusts(hop):
                return hop if _is_address(hop) else peer
            peer = hop
        return peer

    def is_proxy(self, peer: str | None) -> bool:
        """Whether the other side of a connection is a proxy that we trust: what comes by it is of many callers."""
        return peer is not None and self._trusts(peer)

    def _is_trusted(self, text: str) -> bool:
        if not _is_address(text):
            return False
        address = unmapped(ipaddress.ip_address(text))
        return any(address in network for network in self._trusted)


def unmapped(address: Address) -> Address:
    """Return the address of IPv4 that one of IPv6 stands for, where it does; any other as it is."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
