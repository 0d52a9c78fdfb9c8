"""Reads the body of a request: no more bytes than the route takes, and no slower than is decent."""

import asyncio

from aiohttp import hdrs, web

from backend.errors import (
    ExpectationFailed,
    InvalidRequest,
    Malformed,
    RequestTimedOut,
    TooLarge,
    UnsupportedMediaType,
)
from backend.web.exchange import Exchange

_JSON = "application/json"


def check_json(exchange: Exchange) -> None:
    """Raise UnsupportedMediaType unless the body says that it is plain JSON."""
    given = exchange.headers.get(hdrs.CONTENT_TYPE)
    if given != _JSON and (given is None or not _is_json(given)):
        raise UnsupportedMediaType("Send the body as Content-Type: application/json.")
    # Decompressing is how a few bytes become a gigabyte; what is large here has its own format.
    if hdrs.CONTENT_ENCODING in exchange.headers:
        raise UnsupportedMediaType("Send the body without Content-Encoding.")


def refuse_body(exchange: Exchange) -> None:
    """Raise InvalidRequest if there is a body where none belongs: two readers may disagree about where it ends."""
    if exchange.body_exists:
        raise InvalidRequest("This request takes no body.")


def check_framing(exchange: Exchange, limit_bytes: int) -> int:
    """Return how long the body of a signed request is said to be; Malformed where that is not said."""
    length = exchange.content_length
    if length is None and exchange.body_exists:
        raise Malformed("A signed request with a body says its Content-Length; it is not sent in chunks.")
    _hold_to(limit_bytes, length or 0)
    return length or 0


def _is_json(content_type: str) -> bool:
    kind, _, parameter = content_type.lower().partition(";")
    return kind.strip() == _JSON and parameter.strip() in {"", "charset=utf-8", 'charset="utf-8"'}


async def read_body(exchange: Exchange, *, limit_bytes: int, timeout_seconds: float) -> bytes:
    """Return the whole body; the length it claims and the bytes that come are held to the limit."""
    exchange.sent = await _whole_body(exchange, limit_bytes, timeout_seconds)
    return exchange.sent


async def _whole_body(exchange: Exchange, limit_bytes: int, timeout_seconds: float) -> bytes:
    _hold_to(limit_bytes, exchange.content_length or 0)
    await _answer_expectation(exchange)
    content = exchange.content
    if content.is_eof():
        body = content.read_nowait()
        _hold_to(limit_bytes, len(body))
        return body
    try:
        async with asyncio.timeout(timeout_seconds):
            return await _read_all(exchange, limit_bytes)
    except TimeoutError:
        raise RequestTimedOut(f"The body did not arrive within {timeout_seconds:g} seconds.") from None
    except (web.RequestPayloadError, ConnectionError):
        raise InvalidRequest("The body ended early, or its chunks cannot be read.") from None


async def _read_all(exchange: Exchange, limit_bytes: int) -> bytes:
    content = exchange.content
    whole = bytearray()
    while chunk := await content.readany():
        whole += chunk
        _hold_to(limit_bytes, len(whole))
    return bytes(whole)


def _hold_to(limit_bytes: int, size: int) -> None:
    if size > limit_bytes:
        raise TooLarge(f"The body may have {limit_bytes} bytes.")


async def _answer_expectation(exchange: Exchange) -> None:
    """Say 100 Continue only here, where the body is about to be read: nobody sends one that is refused unread."""
    expected = exchange.headers.get(hdrs.EXPECT)
    if expected is None:
        return
    if expected.lower() != "100-continue":
        raise ExpectationFailed("Only Expect: 100-continue is understood.")
    if not exchange.content.is_eof():
        await exchange.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # These bytes are no part of the answer, and an answer is only begun on a writer that has sent nothing.
        exchange.writer.output_size = 0
