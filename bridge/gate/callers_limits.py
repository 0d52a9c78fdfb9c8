"""The limits of requests that are not signed: by address before anybody is known, then by who it is."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from backend.web.caller import Caller, CallerKind
from backend.web.caller_address import CallerAddress, unmapped
from backend.web.exchange import Exchange
from backend.web.limiting import RouteLimiter
from backend.web.route import PUBLIC, Route
from bridge.gate.limits import RuleBook, account_name
from bridge.gate.meter import GateMeter
from bridge.gate.too_many import refusal
from core_rs import Decision, LimitKey, Limits

# For each route; half a kilobyte each.
_REMEMBERED: Final = 1024
_NETWORK_BYTES: Final = 8


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

    def check(self, exchange: Exchange, debits: Sequence[tuple[LimitKey, int]]) -> None:
        decision = self._limits.check(debits)
        if not decision.plain:
            self._look_at(exchange, decision)
        # The second time something is counted, the first may be the tighter one.
        remaining = decision.remaining
        if remaining < exchange.requests_left:
            exchange.requests_left = remaining
            exchange.lines = self._limits.told(decision)

    def _look_at(self, exchange: Exchange, decision: Decision) -> None:
        if decision.shadowed:
            self._meter.in_shadow(decision)
        if not decision.admitted:
            self._meter.refused(decision)
            exchange.lines = self._limits.told(decision)
            raise refusal(decision)

    def of_address(self, address: str, rate_class: int | None) -> Sequence[tuple[LimitKey, int]]:
        """Return what a request is charged to before anybody is known, its class too where anybody may ask."""
        name, limits = limit_name(address), self._limits
        debits = [(limits.key("address", name), self._book.number("address"))]
        if rate_class is not None:
            debits.append((limits.key("route", b"address" + bytes([rate_class]) + name), rate_class))
        return debits

    def of_caller(self, name: bytes, tenant_id: str | None, rate_class: int) -> Sequence[tuple[LimitKey, int]]:
        limits = self._limits
        debits = [
            (limits.key("route", b"account" + bytes([rate_class]) + name), rate_class),
            (limits.key("account", name), self._book.number("account")),
        ]
        if tenant_id is not None:
            debits.append((limits.key("tenant", tenant_id.encode()), self._book.number("tenant")))
        return debits


class _OfRoute:
    def __init__(self, limits: CallersLimits, rate_class: int, route: Route) -> None:
        self._check = limits.check
        self._address = limits.addresses.of
        self._rate_class = rate_class
        # Where nobody is asked who they are, the class is counted for their address.
        self._class_of_address = rate_class if route.permission == PUBLIC else None
        # A key is a keyed hash of a name; the same few are asked for over and over.
        self._of_address = lru_cache(_REMEMBERED)(limits.of_address)
        self._of_caller = lru_cache(_REMEMBERED)(limits.of_caller)

    def meet(self, exchange: Exchange) -> None:
        self._check(exchange, self._of_address(self._address(exchange) or "", self._class_of_address))

    def charge(self, exchange: Exchange, caller: Caller) -> None:
        if caller.kind is not CallerKind.ANYONE:
            name = account_name(caller.kind, caller.id)
            self._check(exchange, self._of_caller(name, caller.tenant_id, self._rate_class))
