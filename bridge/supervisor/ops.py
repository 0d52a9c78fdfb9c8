"""The ops listener, on the loopback only: metrics of all workers, and health with its details.

Read-only. Its Host check is the one of the public listeners: a web page must not read it by DNS rebinding either.
"""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, cast

from aiohttp import web

from backend.errors import MethodNotAllowed, NotFound, RequestError, TooLarge
from backend.web.exchange import Exchange
from backend.web.host import HostRule
from backend.web.reply import Reply, problem_reply

READ_METHODS: Final = ("GET", "HEAD")
KEEP_ALIVE_SECONDS: Final = 75
# Everything asked of the workers has a limit of its own below this one.
REQUEST_LIMIT_SECONDS: Final = 10.0
_CLOSE_SECONDS: Final = 0.2


Page = Callable[[], Awaitable[Reply]]


class Ops:
    def __init__(self, pages: dict[str, Page]) -> None:
        self._pages = pages
        self._hosts = HostRule(())
        self._runner: web.ServerRunner | None = None

    async def open(self, listeners: Sequence[socket.socket]) -> None:
        server = web.Server(
            self._answer,
            request_factory=Exchange,
            access_log=None,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
        )
        self._runner = web.ServerRunner(server, shutdown_timeout=_CLOSE_SECONDS)
        await self._runner.setup()
        for listener in listeners:
            await web.SockSite(self._runner, listener).start()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        exchange = cast("Exchange", request)
        try:
            self._hosts.check(exchange)
            page = self._page(exchange)
            async with asyncio.timeout(REQUEST_LIMIT_SECONDS):
                reply = await page()
        except RequestError as error:
            reply = problem_reply(exchange, error)
            reply.force_close()
        return cast("web.StreamResponse", reply)

    def _page(self, exchange: Exchange) -> Page:
        page = self._pages.get(exchange.raw_path.partition("?")[0])
        if page is None:
            raise NotFound(f"There is nothing at this address; here are {', '.join(self._pages)}.")
        if exchange.method not in READ_METHODS:
            raise MethodNotAllowed("This listener is only read.", READ_METHODS)
        if exchange.can_read_body:
            raise TooLarge("A request to this listener has no body.")
        return page


def json_page(status: int, body: object) -> Reply:
    return Reply(status, json.dumps(body, indent=2).encode() + b"\n")
