"""Routes with every fault that a handler can have."""

import asyncio
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import insert

from backend.db.unit import Transaction
from backend.errors import NotFound
from backend.web.call import Answer, Call
from backend.web.route import PUBLIC, Handler, IdempotentBy, Route
from tests.ledger.models import AccountRow

CANARY = "canary-5b1e"


@dataclass(frozen=True, slots=True)
class Done:
    count: int


async def get_raising(_call: Call[None, None, None]) -> Answer:
    raise ValueError(CANARY)


async def get_http_exception(_call: Call[None, None, None]) -> Answer:
    raise web.HTTPNotFound(text=CANARY)


async def get_connection_error(_call: Call[None, None, None]) -> Answer:
    raise ConnectionRefusedError(CANARY)


async def get_undeclared(_call: Call[None, None, None]) -> Answer:
    return Answer(200, [CANARY])


async def get_of_another_kind(_call: Call[None, None, None]) -> Answer:
    return Answer(200, CANARY.encode(), content_type="text/html")


async def get_too_large_a_number(_call: Call[None, None, None]) -> Answer:
    return Answer(200, Done(2**53))


async def get_slow(_call: Call[None, None, None]) -> Answer:
    await asyncio.sleep(3600)
    return Answer(200, Done(1))


async def get_large(_call: Call[None, None, None]) -> Answer:
    return Answer(200, b'"' + b"x" * 30_000_000 + b'"')


async def post_raising(_call: Call[None, None, None], tx: Transaction) -> Answer:
    await tx.execute(insert(AccountRow).values(name="kept", opened_at=1))
    raise ValueError(CANARY)


async def post_refused(_call: Call[None, None, None], tx: Transaction) -> Answer:
    await tx.execute(insert(AccountRow).values(name="kept", opened_at=1))
    raise NotFound("What this was for is not there.")


async def post_undeclared(_call: Call[None, None, None], tx: Transaction) -> Answer:
    await tx.execute(insert(AccountRow).values(name="kept", opened_at=1))
    return Answer(202, Done(1))


def _route(path: str, handler: Handler, *, method: str = "GET", answer: type = Done) -> Route:
    return Route(
        method=method,
        path=path,
        handler=handler,
        answers={200: answer},
        permission=PUBLIC,
        rate_class="health",
        idempotent_by=None if method == "GET" else IdempotentBy.KEY,
        summary="Goes wrong",
    )


ROUTES = (
    _route("/raising", get_raising),
    _route("/http-exception", get_http_exception),
    _route("/connection-error", get_connection_error),
    _route("/undeclared", get_undeclared),
    _route("/of-another-kind", get_of_another_kind, answer=bytes),
    _route("/too-large-a-number", get_too_large_a_number),
    _route("/slow", get_slow),
    _route("/large", get_large, answer=bytes),
    _route("/raising", post_raising, method="POST"),
    _route("/refused", post_refused, method="POST"),
    _route("/undeclared", post_undeclared, method="POST"),
)
