"""A route at work for callers: limits, permission, parsing, its handler, and the answer."""

from collections.abc import Mapping
from time import time

from backend.errors import NOTHING_HERE, NotFound
from backend.ids import is_id
from backend.web.access import Access
from backend.web.body import read_body
from backend.web.caller import ANYONE, CallerKind
from backend.web.exchange import Exchange
from backend.web.limiting import Limiter
from backend.web.permission import TENANT, authorise, demand
from backend.web.reply import Reply
from backend.web.route import PUBLIC, Route
from backend.web.template import Template, parse_template
from backend.web.unproven import Unproven
from backend.web.work import By, Work


class Endpoint:
    def __init__(self, work: Work, access: Access | None, limiter: Limiter, unproven: Unproven) -> None:
        self.route = route = work.route
        if route.signed is not None:
            raise TypeError(f"{route.name} takes signed requests, which nobody here can check")
        self.method = route.method
        self.template: Template = parse_template(route.path)
        self._work = work
        self._limiter = limiter.of(route)
        self._unproven = unproven
        self._guard = None if route.permission == PUBLIC else _Guard(route, access)

    async def answer(self, exchange: Exchange, values: Mapping[str, str]) -> Reply:
        """Answer one request; raises RequestError and ServiceError, and sends nothing itself."""
        caller = ANYONE
        if self._guard is None:
            self._limiter.meet(exchange)
        else:
            known = self._guard.known(exchange)
            if known is not None:
                # One call for all limits; who it is was a look into memory, and nothing came of it yet.
                self._limiter.meet_known(exchange, known)
                caller = known
            else:
                self._limiter.meet(exchange)
                caller = await self._guard.caller(exchange)
                self._limiter.charge(exchange, caller)
            authorise(self._guard.demand, caller, values, now=time())
        tenant = _tenant(values)
        work = self._work
        asked = work.read_head(exchange, values)
        body = b""
        if work.check_body(exchange):
            # What has come whole is not waited for.
            if caller.kind is CallerKind.ANYONE and not exchange.content.is_eof():
                with self._unproven.body(work.addresses.of(exchange), self._size(exchange)):
                    body = await self._read(exchange)
            else:
                body = await self._read(exchange)
        return await work.do(exchange, By(caller, tenant), asked, body)

    async def _read(self, exchange: Exchange) -> bytes:
        work = self._work
        return await read_body(exchange, limit_bytes=work.body_limit_bytes, timeout_seconds=work.body_timeout_seconds)

    def _size(self, exchange: Exchange) -> int:
        """Return how much a body may become: chunks claim nothing."""
        most = self._work.body_limit_bytes
        return most if exchange.content_length is None else min(exchange.content_length, most)


class _Guard:
    """Stands before a route that is not for everybody."""

    def __init__(self, route: Route, access: Access | None) -> None:
        if access is None:
            # `declaration.check` has said so already; whoever left it out must not get an open route for it.
            raise TypeError(f"{route.name} is not public, and there is nobody to say who asks")
        self.known = access.authenticator.known
        self.caller = access.authenticator.caller
        self.demand = demand(route, access.permissions)


def _tenant(values: Mapping[str, str]) -> str | None:
    """Return the tenant that the path names; what is no id is no tenant's."""
    tenant = values.get(TENANT)
    if tenant is not None and not is_id(tenant):
        raise NotFound(NOTHING_HERE)
    return tenant
