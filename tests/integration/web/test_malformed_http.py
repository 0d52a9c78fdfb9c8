"""What is hardly HTTP: answered as a problem or not at all, and never read as two different things."""

import pytest

from backend.web.server import HEADERS_LIMIT, LINE_LIMIT_BYTES
from tests.integration.web.conftest import Bridge
from tests.integration.web.wire import Received, ask, connected, request

POST = "POST /api/v1/ledger/total HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
UPGRADE = "GET /health/live HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade"
BODY = '{{"amounts":[1]}}'


async def sent(bridge: Bridge, text: str) -> Received:
    return await ask(bridge.port, text.format(host=f"127.0.0.1:{bridge.port}").encode("latin-1"))


@pytest.mark.parametrize(
    "text",
    [
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "BREW /pot HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "GET /health/live HTTP/1.2\r\nHost: {host}\r\n\r\n",
        "GET /health/live HTTP/2.0\r\nHost: {host}\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost : {host}\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: {host}\r\nX-A: b\r\n c\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: {host}\r\nX-A: b\x00c\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: {host}\r\nX-A: b\rc\r\n\r\n",
        "GET /health/live HTTP/1.1\nHost: {host}\n\n",
        POST + "Content-Length: 15\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + f"Content-Length: 15\r\nContent-Length: 15\r\n\r\n{BODY}",
        POST + f"Content-Length: +15\r\n\r\n{BODY}",
        POST + f"Content-Length: -15\r\n\r\n{BODY}",
        POST + f"Content-Length: 15, 15\r\n\r\n{BODY}",
        POST + f"Content-Length: 0xf\r\n\r\n{BODY}",
        POST + f"Content-Length: 99999999999999999999999\r\n\r\n{BODY}",
        POST + f"Transfer-Encoding: chunked\r\n\r\nzz\r\n{BODY}\r\n0\r\n\r\n",
        POST + f"Transfer-Encoding: chunked\r\n\r\n-1\r\n{BODY}\r\n0\r\n\r\n",
        POST + f'Transfer-Encoding: chunked\r\n\r\nf;x="y\r\nz"\r\n{BODY}\r\n0\r\n\r\n',
        POST + f"Content-Type: text/plain\r\nContent-Length: 15\r\n\r\n{BODY}",
    ],
)
async def test_what_is_not_well_formed_is_a_problem_and_ends_the_connection(bridge: Bridge, text: str) -> None:
    async with connected(bridge.port) as wire:
        await wire.send(text.format(host=f"127.0.0.1:{bridge.port}").encode("latin-1"))
        received = await wire.receive()

        assert (400, "invalid_request") == (received.status, received.json["code"])
        assert "application/problem+json" == received.header("Content-Type")
        assert received.header("X-Request-Id") == received.json["request_id"]
        if "HTTP/2.0\r\nHost" not in text:
            assert "close" == received.header("Connection")
            assert await wire.is_closed_by_the_other_side()


@pytest.mark.parametrize(
    "text",
    [
        "GET /" + "a" * LINE_LIMIT_BYTES + " HTTP/1.1\r\nHost: {host}\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: {host}\r\nX-A: " + "a" * (LINE_LIMIT_BYTES + 1) + "\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: {host}\r\n" + "X-A: b\r\n" * HEADERS_LIMIT + "\r\n",
    ],
    ids=["address", "header", "headers"],
)
async def test_long_heads_are_cut_at_their_limits(bridge: Bridge, text: str) -> None:
    received = await sent(bridge, text)

    assert (431, "headers_too_large") == (received.status, received.json["code"])


async def test_a_head_just_below_its_limits_is_read(bridge: Bridge) -> None:
    lines = "\r\n".join("X-A: b" for _ in range(HEADERS_LIMIT - 2))
    long = "X-B: " + "b" * (LINE_LIMIT_BYTES - 3)

    assert 200 == (await ask(bridge.port, request(bridge.port, headers=f"{lines}\r\n{long}"))).status


async def test_a_body_in_chunks_is_read(bridge: Bridge) -> None:
    received = await sent(bridge, POST + f"Transfer-Encoding: chunked\r\n\r\nf\r\n{BODY}\r\n0\r\n\r\n")

    assert {"total": 1} == received.json


async def test_a_chunk_that_breaks_later_is_a_problem(bridge: Bridge) -> None:
    async with connected(bridge.port) as wire:
        await wire.send((POST + "Transfer-Encoding: chunked\r\n\r\n").format(host=f"127.0.0.1:{bridge.port}").encode())
        await wire.send(b"2\r\n{}\r\n")
        await wire.send(b"no length\r\n")
        received = await wire.receive()

        assert 400 == received.status
        assert await wire.is_closed_by_the_other_side()


@pytest.mark.parametrize("target", ["/health/live", "/no/such/page", "/api/v1/about"])
@pytest.mark.parametrize("rest", ["Content-Length: 4\r\n\r\n{{}}{{}}", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"])
async def test_a_body_where_none_belongs_is_not_read_as_the_next_request(
    bridge: Bridge, target: str, rest: str
) -> None:
    received = await sent(bridge, f"GET {target} HTTP/1.1\r\nHost: {{host}}\r\n{rest}")

    assert received.status in {400, 404}


@pytest.mark.parametrize(
    "text",
    [
        "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: {host}\r\n\r\n",
        f"{UPGRADE}: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        f"{UPGRADE}: h2c\r\n\r\n",
        POST + "Content-Length: 2000000\r\n\r\n",
    ],
)
async def test_nothing_that_follows_a_refused_tunnel_or_body_is_answered(bridge: Bridge, text: str) -> None:
    async with connected(bridge.port) as wire:
        smuggled = "GET /api/v1/about HTTP/1.1\r\nHost: {host}\r\n\r\n"
        await wire.send((text + smuggled).format(host=f"127.0.0.1:{bridge.port}").encode())
        received = await wire.receive()

        assert "close" == received.header("Connection")
        assert await wire.is_closed_by_the_other_side()


async def test_requests_sent_at_once_are_answered_in_their_order(bridge: Bridge) -> None:
    async with connected(bridge.port) as wire:
        await wire.send(
            request(bridge.port, "/health/live") + request(bridge.port, "/nope") + request(bridge.port, "/api/v1/about")
        )

        assert [200, 404, 200] == [(await wire.receive()).status for _ in range(3)]


async def test_http_1_0_is_kept_open_only_if_asked_to(bridge: Bridge) -> None:
    async with connected(bridge.port) as wire:
        host = f"Host: 127.0.0.1:{bridge.port}\r\n"
        await wire.send(f"GET /health/live HTTP/1.0\r\n{host}Connection: keep-alive\r\n\r\n".encode())
        kept = await wire.receive()
        await wire.send(f"GET /health/live HTTP/1.0\r\n{host}\r\n".encode())
        ended = await wire.receive()

        assert (200, "keep-alive") == (kept.status, kept.header("Connection"))
        assert (200, "close") == (ended.status, ended.header("Connection"))
        assert await wire.is_closed_by_the_other_side()


async def test_connection_close_is_honoured(bridge: Bridge) -> None:
    async with connected(bridge.port) as wire:
        await wire.send(request(bridge.port, headers="Connection: close"))

        assert "close" == (await wire.receive()).header("Connection")
        assert await wire.is_closed_by_the_other_side()


async def test_a_connection_that_never_ends_its_headers_is_closed(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.web.server.KEEP_ALIVE_SECONDS", 0.2)
    async with connected(bridge.port) as wire:
        await wire.send(b"GET /health/live HTTP/1.1\r\nX-A:")

        assert await wire.is_closed_by_the_other_side()
