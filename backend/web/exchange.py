"""One request on its way through: aiohttp's request with what the boundary knows of it."""

import asyncio
import os
from collections.abc import Callable
from contextvars import ContextVar
from math import inf
from time import perf_counter
from typing import TYPE_CHECKING, Final, Protocol

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter
    from aiohttp.http_parser import RawRequestMessage
    from aiohttp.streams import StreamReader

    from backend.web.reply import Reply

# Read by the log's formatter, so that a line written deep inside a request names it.
REQUEST_ID: ContextVar[str] = ContextVar("request_id")

# What stands in logs and metrics where no route was found; a path of the caller's never does.
NO_ROUTE: Final = "-"
_ID_BYTES: Final = 12
_NO_HEADERS: Final[CIMultiDictProxy[str]] = CIMultiDictProxy(CIMultiDict())


class Exchange(web.BaseRequest):
    def __init__(
        self,
        message: "RawRequestMessage",
        payload: "StreamReader",
        protocol: web.RequestHandler,
        payload_writer: "AbstractStreamWriter",
        task: "asyncio.Task[None]",
    ) -> None:
        # Not the running loop: that asks the system for the number of this process, each time.
        self.event_loop: asyncio.AbstractEventLoop = payload_writer.loop  # type: ignore[attr-defined]  # aiohttp's own
        super().__init__(message, payload, protocol, payload_writer, task, self.event_loop)
        headers: object = message.headers
        if not isinstance(headers, CIMultiDictProxy):
            # What the parser could not read arrives as a request with a plain dict in their place.
            self._headers = _NO_HEADERS
        # Ours alone: an id that a stranger may choose is a way to write into our logs.
        self.request_id = os.urandom(_ID_BYTES).hex()
        self.began = perf_counter()
        self.route = NO_ROUTE
        # As it stands in the address; known once the address is.
        self.query_text = ""
        # Set where the request took too long, so that its CancelledError can be told from the end of the server.
        self.expired = False
        # Lines of the answer's head that its route does not say itself, each with its end.
        self.lines = b""
        # By the tightest limit that has counted it so far.
        self.requests_left = inf
        # Set once the request has shown whose it is, where the answer has to show whose that is.
        self.prove: Prove | None = None
        # The body as it was sent, once it was read.
        self.sent = b""


class Prove(Protocol):
    def __call__(self, reply: "Reply", *, to_head: bool) -> bytes:
        """Return the lines of the head that show the answer to be ours."""
        ...


Observe = Callable[[Exchange, int, int], None]
"""Called once for every answer that left or was meant to: the request, its status, the bytes sent."""
