"""A whole answer in one write.

aiohttp's own Response builds a multidict, fills in defaults and serialises them for each answer: a third of what a
small request costs. Of ours all but three lines of the head were made once (docs/decisions/0002-boundary.md).
"""

import asyncio
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from time import time
from typing import Final, cast

from aiohttp import HttpVersion11, hdrs, web

from backend.web import problem
from backend.web.exchange import Exchange

TAKE_SECONDS: Final = 30.0
JSON: Final = "application/json"
REQUEST_ID: Final = "X-Request-Id"

_POLICY: Final = "Content-Security-Policy"
NOTHING_MAY_BE_LOADED: Final = "default-src 'none'; frame-ancestors 'none'"
# A page of ours loads its own style and script, and asks this bridge; what somebody wrote into it runs nowhere.
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

# On every answer, those to what was no HTTP at all included.
SECURITY_HEADERS: Final = (
    ("Server", "toolboxai"),
    ("Cache-Control", "no-store"),
    (_POLICY, NOTHING_MAY_BE_LOADED),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)

Headers = tuple[tuple[str, str], ...]


class Reply:
    """What aiohttp's server asks of an answer: to be written, and whether the connection stays."""

    __slots__ = ("body", "body_length", "content_type", "headers", "keep_alive", "status")

    def __init__(self, status: int, body: bytes = b"", *, content_type: str = JSON, headers: Headers = ()) -> None:
        self.status = status
        self.keep_alive: bool | None = None
        self.body_length = 0
        self.body = body
        # Of what is there: an answer without a body has none.
        self.content_type = content_type if body else ""
        self.headers = headers

    def force_close(self) -> None:
        self.keep_alive = False

    async def prepare(self, request: web.BaseRequest) -> None:
        """Write the head and the body; a HEAD is told the length of the body it does not get."""
        exchange = cast("Exchange", request)
        if self.keep_alive is None:
            self.keep_alive = exchange.keep_alive
        data = self._head(exchange) + b"\r\n"
        if exchange.method != hdrs.METH_HEAD:
            data += self.body
        self.body_length = len(data)
        _write(exchange, data)
        if exchange.protocol.writing_paused:
            await _taken(exchange)

    async def write_eof(self) -> None:
        """Nothing is left to write."""

    def _head(self, exchange: Exchange) -> bytes:
        lines = b"%b%b\r\nDate: %b\r\n" % (
            _ready_lines(self.status, self.content_type),
            exchange.request_id.encode(),
            _date(int(time())),
        )
        lines += self._framing(exchange)
        for name, value in self.headers:
            lines += f"{name}: {value}\r\n".encode("ascii")
        return lines + exchange.lines

    def _framing(self, exchange: Exchange) -> bytes:
        """Return the lines that say where the answer ends, and whether the connection does."""
        lines = b""
        if self.body or self.status != HTTPStatus.NO_CONTENT:
            lines = b"Content-Length: %d\r\n" % len(self.body)
        if not self.keep_alive:
            lines += b"Connection: close\r\n"
        elif exchange.version != HttpVersion11:
            lines += b"Connection: keep-alive\r\n"
        return lines


def _write(exchange: Exchange, data: bytes) -> None:
    """Write past aiohttp's writer, whose chunks and compression no answer of ours has."""
    transport = exchange.transport
    if transport is None or transport.is_closing():
        raise ConnectionResetError("the caller has gone")
    # By this the server knows that an answer has begun.
    exchange.writer.output_size += len(data)
    transport.write(data)


async def _taken(exchange: Exchange) -> None:
    """Wait until the caller has taken enough of the answer; one that reads nothing may not hold it for ever."""
    try:
        async with asyncio.timeout(TAKE_SECONDS):
            await exchange.writer.drain()
    except TimeoutError:
        if exchange.transport is not None:
            exchange.transport.abort()


@lru_cache(maxsize=256)
def _ready_lines(status: int, content_type: str) -> bytes:
    """The lines that are the same for every answer of a kind, up to the value of the request id."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    if content_type:
        lines.append(f"{hdrs.CONTENT_TYPE}: {content_type}")
    own = {_POLICY: PAGE_POLICY} if content_type.startswith("text/html") else {}
    lines += (f"{name}: {own.get(name, value)}" for name, value in SECURITY_HEADERS)
    return "\r\n".join((*lines, f"{REQUEST_ID}: ")).encode("ascii")


@lru_cache(maxsize=2)
def _date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode("ascii")


def problem_reply(exchange: Exchange, error: problem.Problem) -> Reply:
    body = problem.render(error, exchange.request_id)
    return Reply(error.status, body, content_type=problem.CONTENT_TYPE, headers=error.headers)
