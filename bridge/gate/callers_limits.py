"""The limits of requests that are not signed: by address before anybody is known, then by who it is."""

import ipaddress
from functools import lru_cache
from typing import Final

from backend.web.caller import Caller, CallerKind
from backend.web.caller_address import CallerAddress
from backend.web.exchange import Exchange
from backend.web.limiting import RouteLimiter
from backend.web.route import PUBLIC, Route
from bridge.gate.limit_lines import LimitLines, refusal
from bridge.gate.limits import RuleBook, account_name
from bridge.gate.meter import GateMeter
from core_rs import LimitKey, Limits

_REMEMBERED: Final = 8192
_NETWORK_BYTES: Final = 8


def limit_name(address: str) -> bytes:
    """Return what the core counts an address under, so that signed requests and others share one bucket."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return bytes(1 + _NETWORK_BYTES)
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return bytes([found.version]) + found.packed[:_NETWORK_BYTES].ljust(_NETWORK_BYTES, b"\0")


class CallersLimits:
    def __init__(
        self, limits: Limits, book: RuleBook, lines: LimitLines, meter: GateMeter, addresses: CallerAddress
    ) -> None:
        self._limits = limits
        self._book = book
        self._lines = lines
        self._meter = meter
        self._addresses = addresses
        # A key is a keyed hash of a name; the same few are asked for over and over.
        self._address = lru_cache(_REMEMBERED)(self._address_key)
        self._account = lru_cache(_REMEMBERED)(self._account_key)

    def of(self, route: Route) -> RouteLimiter:
        return _OfRoute(
            self, self._book.number(self._book.class_name(route.rate_class)), is_public=route.permission == PUBLIC
        )

    def by_address(self, exchange: Exchange, rate_class: int | None) -> None:
        of_address, of_class = self._address(self._addresses.of(exchange) or "", rate_class)
        debits = [(of_address, self._book.number("address"))]
        if rate_class is not None:
            debits.append((of_class, rate_class))
        self._check(exchange, debits)

    def by_caller(self, exchange: Exchange, caller: Caller, rate_class: int) -> None:
        of_account, of_class = self._account(caller.kind, caller.id, rate_class)
        debits = [(of_class, rate_class), (of_account, self._book.number("account"))]
        if caller.tenant_id is not None:
            debits.append((self._limits.key("tenant", caller.tenant_id.encode()), self._book.number("tenant")))
        self._check(exchange, debits)

    def _check(self, exchange: Exchange, debits: list[tuple[LimitKey, int]]) -> None:
        decision = self._limits.check(debits)
        if decision.shadowed:
            self._meter.in_shadow(decision)
        if not decision.admitted:
            self._meter.refused(decision)
            exchange.lines = self._lines.told(decision)
            raise refusal(decision)
        # The second time something is counted, the first may be the tighter one.
        if decision.remaining < exchange.requests_left:
            exchange.requests_left = decision.remaining
            exchange.lines = self._lines.told(decision)

    def _address_key(self, address: str, rate_class: int | None) -> tuple[LimitKey, LimitKey]:
        name = limit_name(address)
        of_class = bytes([0 if rate_class is None else rate_class])
        return self._limits.key("address", name), self._limits.key("route", b"address" + of_class + name)

    def _account_key(self, kind: CallerKind, caller_id: str, rate_class: int) -> tuple[LimitKey, LimitKey]:
        name = account_name(kind, caller_id)
        return self._limits.key("account", name), self._limits.key("route", bytes([rate_class]) + name)


class _OfRoute:
    def __init__(self, limits: CallersLimits, rate_class: int, *, is_public: bool) -> None:
        self._limits = limits
        self._rate_class = rate_class
        # Where nobody is asked who they are, the class is counted for their address.
        self._class_of_address = rate_class if is_public else None

    def meet(self, exchange: Exchange) -> None:
        self._limits.by_address(exchange, self._class_of_address)

    def charge(self, exchange: Exchange, caller: Caller) -> None:
        if caller.kind is not CallerKind.ANYONE:
            self._limits.by_caller(exchange, caller, self._rate_class)
