"""What a route does with a request that was let in: parsing, its handler, and the answer as bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final, NamedTuple

import orjson
from aiohttp import hdrs, web

from backend.db.unit import Database, Transaction
from backend.errors import InvalidRequest, UpgradeRequired
from backend.web import mutation, problem
from backend.web.body import check_json, refuse_body
from backend.web.call import Answer, Call
from backend.web.caller import Caller
from backend.web.caller_address import CallerAddress
from backend.web.exchange import Exchange
from backend.web.mutation import Outcome
from backend.web.precondition import etag, read_version
from backend.web.query import read_query
from backend.web.reply import JSON, Reply
from backend.web.route import SECRET_SHOWN, IdempotentBy, Route
from backend.web.schema import Schema
from backend.web.sender import Sender
from backend.web.stream_reply import Streaming, StreamReply

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


# Made for every request, and a tuple in half the time of a frozen dataclass.
class Asked(NamedTuple):
    """What stands in the head of a request."""

    params: object
    query: object
    # The idempotency key, where the route keeps a claim.
    key: str
    version: int | None


class By(NamedTuple):
    """Who sent it, and whose rows it may touch."""

    caller: Caller
    tenant: str | None
    principal: object = None


class Work:
    def __init__(
        self,
        route: Route,
        limits: Limits,
        app: web.Application,
        database: web.AppKey[Database],
        addresses: CallerAddress = DIRECT,
    ) -> None:
        self.route = route
        self.addresses = addresses
        self.body_limit_bytes = route.body_limit_bytes or limits.body_limit_bytes
        self.body_timeout_seconds = limits.body_timeout_seconds
        self._kept_hours = limits.idempotency_hours
        self._app = app
        self._database = database
        self._keyed = route.idempotent_by is IdempotentBy.KEY
        self._versioned = route.idempotent_by is IdempotentBy.VERSION
        self._is_mutation = route.is_mutation
        self._handler = route.handler
        self._answers = route.answers
        self._versions = route.versioned
        self._of_bytes = route.content_type
        self._shows_secrets = route.again is not None
        self._request: Schema[object] | None = None if route.request is None else Schema(route.request)
        self._query: Schema[object] | None = None if route.query is None else Schema(route.query)
        self._params: Schema[object] | None = None if route.params is None else Schema(route.params)

    def read_head(self, exchange: Exchange, values: Mapping[str, str]) -> Asked:
        params = None if self._params is None else self._params.read_texts(values, "/path")
        query = self._read_query(exchange)
        key = mutation.read_key(exchange) if self._keyed else ""
        return Asked(params, query, key, read_version(exchange) if self._versioned else None)

    def check_body(self, exchange: Exchange) -> bool:
        """Whether the route takes a body; raises where the head of the request says that it has another."""
        if self._request is None:
            refuse_body(exchange)
            return False
        check_json(exchange)
        return True

    async def do(self, exchange: Exchange, by: By, asked: Asked, body: bytes) -> Reply:
        """Call the handler with what was parsed, as its route says that it is idempotent."""
        sender = Sender(exchange, self.addresses)
        call = Call(
            None if self._request is None else self._request.read_json(body),
            asked.query,
            asked.params,
            by.caller,
            exchange.request_id,
            self._app,
            sender,
            asked.version,
            by.tenant,
            by.principal,
        )
        if not self._is_mutation:
            answer: Answer = await self._handler(call)
            if answer.stream is not None:
                return self._streamed(exchange, answer, answer.stream)
            return _reply(self._outcome(answer))
        return await self._change(exchange, call, by, asked.key, body)

    def _streamed(self, exchange: Exchange, answer: Answer, stream: Streaming) -> Reply:
        if not self.route.streams or answer.status not in self._answers:
            raise UndeclaredAnswer(f"{self.route.name} does not declare a stream under {answer.status}")
        headers = answer.headers
        if exchange.method == hdrs.METH_HEAD:
            if answer.status == HTTPStatus.SWITCHING_PROTOCOLS:
                raise UpgradeRequired("A connection is handed over to a GET.")
        elif exchange.transport is not None:
            headers = (*headers, *stream.begin(exchange))
        # Else whoever asked has gone meanwhile: writing the head finds that nobody is there, and no stream begins.
        return StreamReply(answer.status, stream, content_type=self._of_bytes or "", headers=headers)

    async def _change(
        self, exchange: Exchange, call: Call[object, object, object], by: By, key: str, body: bytes
    ) -> Reply:
        async def effect(tx: Transaction) -> Outcome:
            return self._outcome(await self._handler(call, tx))

        database = self._app[self._database]
        if not self._keyed:
            return _reply(await database.write(effect, tenant=by.tenant))
        outcome = await mutation.run_claimed(
            database,
            mutation.scope(exchange, by.caller, key, tenant_id=by.tenant),
            mutation.fingerprint(exchange, body),
            effect,
            self._again(call),
            tenant=by.tenant,
            request_id=exchange.request_id,
            kept_hours=self._kept_hours,
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
        if self._query is not None:
            return self._query.read_texts(read_query(exchange.query_text), "/query")
        if exchange.query_text and read_query(exchange.query_text):
            raise InvalidRequest("This request takes no query.")
        return None

    def _outcome(self, answer: Answer, *, is_repeat: bool = False) -> Outcome:
        """Write the answer as its route declares it; this runs before the commit, so a mistake keeps nothing."""
        shown, version = answer.body, answer.version
        declared = self._answers.get(answer.status, UndeclaredAnswer)
        if type(shown) is not (declared or type(None)):
            given = type(shown).__name__
            raise UndeclaredAnswer(f"{self.route.name} does not declare {answer.status} with {given}")
        if (self._versions and shown is not None) != (version is not None):
            raise UndeclaredAnswer(f"{self.route.name} and its answer differ about whether there is a version")
        if answer.content_type != (self._of_bytes if declared is bytes else None):
            raise UndeclaredAnswer(f"{self.route.name} and its answer differ about what its bytes are")
        if self._shows_secrets or answer.created_id is not None:
            self._check_secret(answer, is_repeat=is_repeat)
        headers = answer.headers if version is None else (*answer.headers, (hdrs.ETAG, etag(version)))
        if shown is None:
            return Outcome(answer.status, headers, b"")
        body = shown if isinstance(shown, bytes) else orjson.dumps(shown, option=_DUMP_OPTIONS)
        return Outcome(answer.status, headers, body, created_id=answer.created_id, content_type=answer.content_type)

    def _check_secret(self, answer: Answer, *, is_repeat: bool) -> None:
        """Without the id of what was made the whole answer would be kept, and the secret in it."""
        right = (
            self._shows_secrets
            and (answer.created_id is None) == is_repeat
            and (answer.status == HTTPStatus.OK) == is_repeat
            and getattr(answer.body, SECRET_SHOWN, None) is not is_repeat
        )
        if not right:
            raise UndeclaredAnswer(f"{self.route.name} and its answer differ about whether a secret is shown")


def _reply(outcome: Outcome) -> Reply:
    content_type = problem.CONTENT_TYPE if outcome.is_problem else outcome.content_type or JSON
    return Reply(outcome.status, outcome.body, content_type=content_type, headers=outcome.headers)
