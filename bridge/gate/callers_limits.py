"""The limits of requests that are not signed: by address before anybody is known, then by who it is."""

import ipaddress
from functools import lru_cache, partial
from typing import Final

from backend.web.caller import Caller, CallerKind
from backend.web.caller_address import CallerAddress, unmapped
from backend.web.exchange import Exchange
from backend.web.limiting import RouteLimiter
from backend.web.route import PUBLIC, Route
from bridge.gate.limits import RuleBook
from bridge.gate.meter import GateMeter
from bridge.gate.too_many import refusal
from core_rs import Debits, Decision, Limits

# For each route; half a kilobyte each.
_REMEMBERED: Final = 1024
_NETWORK_BYTES: Final = 8
# A member of an enumeration takes longer to look up than all that is done with it here.
_ANYONE: Final = CallerKind.ANYONE


def limit_name(address: str) -> bytes:
    """Return what the core counts an address under, so that signed requests and others share one bucket."""
    try:
        found = unmapped(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return bytes(1 + _NETWORK_BYTES)
    return bytes([found.version]) + found.packed[:_NETWORK_BYTES].ljust(_NETWORK_BYTES, b"\0")


class CallersLimits:
    def __init__(self, limits: Limits, book: RuleBook, meter: GateMeter, addresses: CallerAddress) -> None:
        self._limits = limits
        self._book = book
        self._meter = meter
        self.addresses = addresses

    def of(self, route: Route) -> RouteLimiter:
        return _OfRoute(self, self._book.number(self._book.known_class(route.rate_class)), route)

    def count(self, exchange: Exchange, first: Debits, then: Debits | None = None) -> None:
        told = self._limits.count(first, then)
        if not isinstance(told, tuple):
            told = self._look_at(exchange, told)
        # The second time something is counted, the first may be the tighter one.
        if told[0] < exchange.requests_left:
            exchange.requests_left, exchange.lines = told

    def _look_at(self, exchange: Exchange, decision: Decision) -> tuple[int, bytes]:
        if decision.shadowed:
            self._meter.in_shadow(decision)
        lines = self._limits.told(decision)
        if not decision.admitted:
            self._meter.refused(decision)
            exchange.lines = lines
            raise refusal(decision)
        return decision.remaining, lines

    def of_address(self, address: str, rate_class: int | None) -> Debits:
        """Return what a request is charged to before anybody is known, its class too where anybody may ask."""
        name, limits = limit_name(address), self._limits
        debits = [(limits.key("address", name), self._book.number("address"))]
        if rate_class is not None:
            debits.append((limits.key("route", b"address" + bytes([rate_class]) + name), rate_class))
        return limits.debits(debits)

    def of_caller(self, name: bytes, tenant_id: str | None, rate_class: int) -> Debits:
        limits = self._limits
        debits = [
            (limits.key("route", b"account" + bytes([rate_class]) + name), rate_class),
            (limits.key("account", name), self._book.number("account")),
        ]
        if tenant_id is not None:
            debits.append((limits.key("tenant", tenant_id.encode()), self._book.number("tenant")))
        return limits.debits(debits)


class _OfRoute:
    def __init__(self, limits: CallersLimits, rate_class: int, route: Route) -> None:
        self._count = limits.count
        self._address = limits.addresses.of
        # Where nobody is asked who they are, the class is counted for their address.
        class_of_address = rate_class if route.permission == PUBLIC else None
        # A key is a keyed hash of a name; the same few are asked for over and over.
        self._of_address = lru_cache(_REMEMBERED)(partial(limits.of_address, rate_class=class_of_address))
        self._of_caller = lru_cache(_REMEMBERED)(partial(limits.of_caller, rate_class=rate_class))

    def meet(self, exchange: Exchange) -> None:
        self._count(exchange, self._of_address(self._address(exchange) or ""))

    def charge(self, exchange: Exchange, caller: Caller) -> None:
        if caller.kind is not _ANYONE:
            self._count(exchange, self._of_caller(caller.account, caller.tenant_id))

    def meet_known(self, exchange: Exchange, caller: Caller) -> None:
        address = self._of_address(self._address(exchange) or "")
        self._count(exchange, address, self._of_caller(caller.account, caller.tenant_id))
