"""A route at work: permission, parsing, its handler, and the answer as bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from time import time
from typing import Final

import orjson
from aiohttp import hdrs, web

from backend.db.unit import Database, Transaction
from backend.errors import NOTHING_HERE, InvalidRequest, NotFound
from backend.ids import is_id
from backend.web import mutation, problem
from backend.web.access import Access
from backend.web.body import check_json, read_body, refuse_body
from backend.web.call import Answer, Call
from backend.web.caller import ANYONE, Caller
from backend.web.caller_address import CallerAddress
from backend.web.exchange import Exchange
from backend.web.mutation import Outcome
from backend.web.permission import TENANT, authorise, demand
from backend.web.precondition import etag, read_version
from backend.web.query import read_query
from backend.web.reply import JSON, Reply
from backend.web.route import PUBLIC, SECRET_SHOWN, IdempotentBy, Route
from backend.web.schema import Schema
from backend.web.sender import Sender
from backend.web.template import Template, parse_template

# A whole number beyond 2^53-1 is refused here too: the readers of our answers hold numbers as doubles.
_DUMP_OPTIONS: Final = orjson.OPT_STRICT_INTEGER | orjson.OPT_NAIVE_UTC
# Where no proxy stands in front, the peer of the socket is the caller.
DIRECT: Final = CallerAddress(())


class UndeclaredAnswer(TypeError):
    """A handler answered what its route does not declare; nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class Limits:
    body_limit_bytes: int
    body_timeout_seconds: float
    idempotency_hours: int


class Endpoint:
    def __init__(  # noqa: PLR0917 - what every endpoint of an application is made of
        self,
        route: Route,
        limits: Limits,
        app: web.Application,
        database: web.AppKey[Database],
        access: Access | None = None,
        addresses: CallerAddress = DIRECT,
    ) -> None:
        self.route = route
        self.method = route.method
        self.template: Template = parse_template(route.path)
        self._limits = limits
        self._body_limit_bytes = route.body_limit_bytes or limits.body_limit_bytes
        self._app = app
        self._addresses = addresses
        self._database = database
        self._guard = None if route.permission == PUBLIC else _Guard(route, access)
        self._request: Schema[object] | None = None if route.request is None else Schema(route.request)
        self._query: Schema[object] | None = None if route.query is None else Schema(route.query)
        self._params: Schema[object] | None = None if route.params is None else Schema(route.params)

    async def answer(self, exchange: Exchange, values: Mapping[str, str]) -> Reply:
        """Answer one request; raises RequestError and ServiceError, and sends nothing itself."""
        caller = ANYONE if self._guard is None else await self._guard.let_in(exchange, values)
        tenant = _tenant(values)
        params = None if self._params is None else self._params.read_texts(values, "/path")
        query = self._read_query(exchange)
        keyed = self.route.idempotent_by is IdempotentBy.KEY
        key = mutation.read_key(exchange) if keyed else ""
        version = read_version(exchange) if self.route.idempotent_by is IdempotentBy.VERSION else None
        body, parsed = await self._read_body(exchange)
        sender = Sender(exchange, self._addresses)
        call = Call(parsed, query, params, caller, exchange.request_id, self._app, sender, version, tenant)
        if not self.route.is_mutation:
            return _reply(self._outcome(await self.route.handler(call)))

        async def effect(tx: Transaction) -> Outcome:
            return self._outcome(await self.route.handler(call, tx))

        database = self._app[self._database]
        if not keyed:
            return _reply(await database.write(effect, tenant=tenant))
        outcome = await mutation.run_claimed(
            database,
            mutation.scope(exchange, caller, key, tenant_id=tenant),
            mutation.fingerprint(exchange, body),
            effect,
            self._again(call),
            tenant=tenant,
            request_id=exchange.request_id,
            kept_hours=self._limits.idempotency_hours,
        )
        return _reply(outcome)

    def _again(self, call: Call[object, object, object]) -> mutation.Again | None:
        show = self.route.again
        if show is None:
            return None

        async def again(tx: Transaction, created_id: str) -> Outcome:
            return self._outcome(await show(call, tx, created_id), is_repeat=True)

        return again

    def _read_query(self, exchange: Exchange) -> object:
        values = read_query(exchange.rel_url.raw_query_string)
        if self._query is not None:
            return self._query.read_texts(values, "/query")
        if values:
            raise InvalidRequest("This request takes no query.")
        return None

    async def _read_body(self, exchange: Exchange) -> tuple[bytes, object]:
        if self._request is None:
            refuse_body(exchange)
            return b"", None
        check_json(exchange)
        body = await read_body(
            exchange, limit_bytes=self._body_limit_bytes, timeout_seconds=self._limits.body_timeout_seconds
        )
        return body, self._request.read_json(body)

    def _outcome(self, answer: Answer, *, is_repeat: bool = False) -> Outcome:
        """Write the answer as its route declares it; this runs before the commit, so a mistake keeps nothing."""
        declared = self.route.answers.get(answer.status, UndeclaredAnswer)
        if type(answer.body) is not (declared or type(None)):
            given = type(answer.body).__name__
            raise UndeclaredAnswer(f"{self.route.name} does not declare {answer.status} with {given}")
        if (self.route.versioned and answer.body is not None) != (answer.version is not None):
            raise UndeclaredAnswer(f"{self.route.name} and its answer differ about whether there is a version")
        if answer.content_type != (self.route.content_type if declared is bytes else None):
            raise UndeclaredAnswer(f"{self.route.name} and its answer differ about what its bytes are")
        if self.route.again is not None or answer.created_id is not None:
            self._check_secret(answer, is_repeat=is_repeat)
        headers = answer.headers if answer.version is None else (*answer.headers, (hdrs.ETAG, etag(answer.version)))
        if answer.body is None:
            return Outcome(answer.status, headers, b"")
        body = answer.body if isinstance(answer.body, bytes) else orjson.dumps(answer.body, option=_DUMP_OPTIONS)
        return Outcome(answer.status, headers, body, created_id=answer.created_id, content_type=answer.content_type)

    def _check_secret(self, answer: Answer, *, is_repeat: bool) -> None:
        """Without the id of what was made the whole answer would be kept, and the secret in it."""
        right = (
            self.route.again is not None
            and (answer.created_id is None) == is_repeat
            and (answer.status == HTTPStatus.OK) == is_repeat
            and getattr(answer.body, SECRET_SHOWN, None) is not is_repeat
        )
        if not right:
            raise UndeclaredAnswer(f"{self.route.name} and its answer differ about whether a secret is shown")


class _Guard:
    """Stands before a route that is not for everybody."""

    def __init__(self, route: Route, access: Access | None) -> None:
        if access is None:
            # `declaration.check` has said so already; whoever left it out must not get an open route for it.
            raise TypeError(f"{route.name} is not public, and there is nobody to say who asks")
        self._authenticator = access.authenticator
        self._demand = demand(route, access.permissions)

    async def let_in(self, exchange: Exchange, values: Mapping[str, str]) -> Caller:
        caller = await self._authenticator.caller(exchange)
        authorise(self._demand, caller, values, now=time())
        return caller


def _reply(outcome: Outcome) -> Reply:
    content_type = problem.CONTENT_TYPE if outcome.is_problem else outcome.content_type or JSON
    return Reply(outcome.status, outcome.body, content_type=content_type, headers=outcome.headers)


def _tenant(values: Mapping[str, str]) -> str | None:
    """Return the tenant that the path names; what is no id is no tenant's."""
    tenant = values.get(TENANT)
    if tenant is not None and not is_id(tenant):
        raise NotFound(NOTHING_HERE)
    return tenant
