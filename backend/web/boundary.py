"""The outermost layer: nothing is answered, not even a 404 or our own mistake, without having passed here.

It is the request handler of our server itself and not a middleware: aiohttp resolves the route, and may answer, before
its middlewares run (docs/decisions/0002-boundary.md).
"""

import asyncio
import logging
from collections.abc import Mapping
from typing import Final, Protocol, cast

from aiohttp import hdrs, web

from backend.errors import InternalError, RequestError, ServiceError, TimedOut
from backend.web import problem
from backend.web.drain import Drain
from backend.web.exchange import REQUEST_ID, Exchange
from backend.web.host import HostRule
from backend.web.origin import check_origin
from backend.web.reply import Reply, problem_reply
from backend.web.route import Route
from backend.web.router import Router, Target
from backend.web.target import check_target
from backend.web.time_limit import TimeLimit

log: Final = logging.getLogger(__name__)


class Answering(Target, Protocol):
    """A route at work: for requests of callers, or for signed ones."""

    @property
    def route(self) -> Route: ...
    async def answer(self, exchange: Exchange, values: Mapping[str, str]) -> Reply:
        """Answer one request; raises RequestError and ServiceError, and sends nothing itself."""
        ...


class Boundary:
    def __init__(self, router: Router[Answering], host_rule: HostRule, drain: Drain, *, timeout_seconds: float) -> None:
        self._router = router
        self._host_rule = host_rule
        self._drain = drain
        self._time_limit = TimeLimit(timeout_seconds)

    @property
    def in_flight(self) -> int:
        return len(self._time_limit)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request, whatever happens."""
        exchange = cast("Exchange", request)
        REQUEST_ID.set(exchange.request_id)
        self._time_limit.begin(exchange)
        try:
            reply = await self._answer(exchange)
        except (RequestError, ServiceError) as error:
            reply = problem_reply(exchange, error)
        except web.HTTPException as error:
            reply = problem_reply(exchange, problem.from_status(error.status))
        except asyncio.CancelledError:
            if not exchange.expired:
                raise
            reply = problem_reply(exchange, _given_up())
        except Exception as error:  # noqa: BLE001 - the boundary of HTTP
            reply = problem_reply(exchange, _unexpected(error))
        finally:
            self._time_limit.end(exchange)
        reply = _proven(exchange, reply)
        if self._drain.active or _leaves_doubt(exchange):
            reply.force_close()
        # aiohttp's server asks no more of an answer than a Reply has, but its types name the class.
        return cast("web.StreamResponse", reply)

    async def _answer(self, exchange: Exchange) -> Reply:
        self._host_rule.check(exchange)
        check_target(exchange)
        check_origin(exchange)
        path, _, exchange.query_text = exchange.raw_path.partition("?")
        endpoint, values = self._router.find(exchange.method, path)
        exchange.route = endpoint.route.name
        return await endpoint.answer(exchange, values)


def _proven(exchange: Exchange, reply: Reply) -> Reply:
    """Put the proof into the head; what cannot be proven is not sent, as it would pass for somebody else's."""
    if exchange.prove is None:
        return reply
    try:
        exchange.lines += exchange.prove(reply, to_head=exchange.method == hdrs.METH_HEAD)
    except Exception as error:  # noqa: BLE001 - the boundary of HTTP: the proof comes last
        return problem_reply(exchange, _unexpected(error))
    return reply


def _leaves_doubt(exchange: Exchange) -> bool:
    """Whether what follows on this connection may be taken for something else by whoever stands before us.

    The rest of a body that was not read, or what a proxy that believed in a refused upgrade passes on unseen.
    """
    return not exchange.content.is_eof() or hdrs.UPGRADE in exchange.headers or exchange.method == hdrs.METH_CONNECT


def _given_up() -> problem.Problem:
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()
    log.warning("a request took longer than it may")
    return TimedOut("This took too long and was given up; sending it again with the same Idempotency-Key is safe.")


def _unexpected(error: Exception) -> problem.Problem:
    log.error("a request ended in an unexpected error", exc_info=error)
    return InternalError("Something went wrong here; the log tells more under this request_id.")
