"""Which names this bridge answers to.

A page of any origin can make a browser send requests to a port of this machine, and with DNS rebinding even read the
answers under its own name. The name in `Host` is the one thing such a page cannot choose freely, so it is checked on
every request, whatever is asked for.
"""

import re
from collections.abc import Iterable
from typing import Final

from aiohttp import hdrs

from backend.errors import UnknownHost
from backend.web.exchange import Exchange

LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "[::1]")
_DEFAULT_PORT: Final = 80
_WITH_PORT: Final = re.compile(r"(.+):([0-9]{1,5})")


class HostRule:
    """Loopback names with the port of the socket; the configured names with any port, for a proxy may have its own."""

    def __init__(self, allowed_hosts: Iterable[str]) -> None:
        self._allowed = frozenset(allowed_hosts)
        self._exact: dict[int, frozenset[str]] = {}

    def check(self, exchange: Exchange) -> None:
        host = exchange.headers.get(hdrs.HOST)
        sockname = exchange.protocol.sockname
        port = sockname[1] if isinstance(sockname, tuple) else _DEFAULT_PORT
        if host is None or not self._knows(host, port):
            raise UnknownHost(
                "This bridge does not answer to the name in the Host header;"
                " names beside localhost are set with TOOLBOXAI_ALLOWED_HOSTS."
            )

    def _knows(self, host: str, port: int) -> bool:
        exact = self._exact.get(port) or self._exact.setdefault(port, self._exact_names(port))
        if host in exact:
            return True
        if not host.isascii():
            return False
        host = host.lower()
        with_port = _WITH_PORT.fullmatch(host)
        return host in exact or host in self._allowed or (with_port is not None and with_port[1] in self._allowed)

    def _exact_names(self, port: int) -> frozenset[str]:
        names = {f"{name}:{port}" for name in LOOPBACK_NAMES}
        return frozenset(names.union(LOOPBACK_NAMES) if port == _DEFAULT_PORT else names)
