"""A route at work for sessions and for callers alike: by a signature, by a ticket, or by what a caller brings."""

from collections.abc import Callable, Mapping
from typing import Final

from multidict import istr

from backend.web.endpoint import Endpoint
from backend.web.exchange import Exchange
from backend.web.limiting import Limiter
from backend.web.query import read_query
from backend.web.reply import Reply
from backend.web.work import By, Work
from bridge.gate.gatehouse import Gatehouse
from bridge.gate.principal import Scope
from bridge.gate.signed.endpoint import SignedEndpoint
from bridge.gate.tickets.service import Tickets

_SIGNATURE: Final = istr("Signature")
_SIGNATURE_INPUT: Final = istr("Signature-Input")
_TICKET: Final = "ticket"


class EitherEndpoint:
    """Which of the three it is, the request says; one that brings a signature is never taken for anything less."""

    def __init__(
        self, work: Work, plain: Endpoint, signed: SignedEndpoint, limiter: Limiter, gatehouse: Callable[[], Gatehouse]
    ) -> None:
        self.route = route = work.route
        self.method = route.method
        self.template = plain.template
        self._work = work
        self._plain = plain
        self._signed = signed
        self._limiter = limiter.of(route)
        self._gatehouse = gatehouse
        self._scopes = frozenset(Scope(scope) for scope in route.also_signed or ())

    async def answer(self, exchange: Exchange, values: Mapping[str, str]) -> Reply:
        """Answer one request; raises RequestError and ServiceError, and sends nothing itself."""
        headers = exchange.headers
        if _SIGNATURE in headers or _SIGNATURE_INPUT in headers:
            return await self._signed.answer(exchange, values)
        if self.route.takes_tickets and _TICKET in exchange.query_text:
            tickets = read_query(exchange.query_text).get(_TICKET)
            if tickets is not None:
                return await self._by_ticket(exchange, values, tickets)
        return await self._plain.answer(exchange, values)

    async def _by_ticket(self, exchange: Exchange, values: Mapping[str, str], ticket: str) -> Reply:
        self._limiter.meet(exchange)
        gate, work = self._gatehouse(), self._work
        path = exchange.raw_path.partition("?")[0]
        tickets = Tickets(gate.masters, gate.records, gate.store)
        principal = await tickets.check(ticket, exchange.method, path, self._scopes, once=True)
        self._limiter.charge(exchange, principal.caller)
        gate.meet(principal, work.addresses.of(exchange) or "")
        asked = work.read_head(exchange, values)
        work.check_body(exchange)
        return await work.do(exchange, By(principal.caller, principal.tenant_id, principal), asked, b"")
