"""What comes over a connection is taken as it came, or not at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bridge.client.address import BridgeAddress
from bridge.client.answers import Answer
from bridge.client.signing import Request
from bridge.client.transport import Lost, Transport

GET = Request("GET", "/", b"", None, None)


@asynccontextmanager
async def answering(said: bytes) -> AsyncIterator[str]:
    """A server that says the same to everybody and hangs up."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def sent(said: bytes) -> Answer:
    async with answering(said) as url, Transport(BridgeAddress.parse(url)) as transport:
        return await transport.send(GET, {}, seconds=5)


async def test_of_a_header_that_came_twice_neither_counts() -> None:
    answer = await sent(b"HTTP/1.1 200 OK\r\nETag: a\r\nRetry-After: 1\r\nRETRY-AFTER: 2\r\nContent-Length: 0\r\n\r\n")

    assert ("a", None) == (answer.etag, answer.header("Retry-After"))


async def test_a_redirection_is_not_followed() -> None:
    answer = await sent(b"HTTP/1.1 307 Go\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n")

    assert 307 == answer.status


async def test_a_body_is_not_unpacked() -> None:
    answer = await sent(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc")

    assert b"abc" == answer.body


@pytest.mark.parametrize("said", [b"", b"hello\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"])
async def test_half_an_answer_is_none(said: bytes) -> None:
    with pytest.raises(Lost):
        await sent(said)


async def test_an_answer_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.client.transport.MOST_ANSWER_BYTES", 1000)

    with pytest.raises(Lost, match="longer than this program takes"):
        await sent(b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + bytes(1001))
