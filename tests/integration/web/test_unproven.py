"""Many who send slowly, or only connect: they are refused before a byte is waited for, and nothing stays counted."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from backend.db.config import DatabaseConfig
from backend.web.route import PUBLIC
from backend.web.unproven import BODY_BYTES, Caps
from bridge.gate.routes import ROUTES as GATE_ROUTES
from bridge.keys import METRICS, UNPROVEN
from bridge.settings import Settings
from tests.integration.web.conftest import Bridge, serving
from tests.integration.web.waiting import until
from tests.integration.web.wire import Received, Wire, ask, connected, request
from tests.ledger.worker import create_app

TOTAL = "/api/v1/ledger/total"
BODY = b'{"amounts":[1]}'
JSON = "Content-Type: application/json"
PROXIED = {"trusted_proxies": ("127.0.0.1/32",)}
OPENINGS = ("/v1/challenge", "/v1/pair", "/v1/pair/redeem", "/v1/session", "/v1/session/game")

Open = Callable[..., AbstractAsyncContextManager[Bridge]]


@pytest.fixture
def open_with(tmp_path: Path, sqlite_database: DatabaseConfig) -> Open:
    @asynccontextmanager
    async def opened(caps: Caps, **changed: Any) -> AsyncIterator[Bridge]:
        settings = Settings(data_dir=tmp_path, database_url=sqlite_database.url, **changed)
        async with serving(create_app(settings, caps=caps)) as bridge:
            yield bridge

    return opened


def head(bridge: Bridge, length: int, *lines: str) -> bytes:
    headers = "\n".join((JSON, f"Content-Length: {length}", *lines))
    return request(bridge.port, TOTAL, method="POST", headers=headers)


def code(received: Received) -> tuple[int, str, str | None]:
    return received.status, received.json["code"], received.header("Retry-After")


async def begun(stack: AsyncExitStack, bridge: Bridge, data: bytes) -> Wire:
    """Send the head of a request and wait until its body is waited for."""
    wire = await stack.enter_async_context(connected(bridge.port))
    before = bridge.app[UNPROVEN].bytes
    await wire.send(data)
    await until(lambda: bridge.app[UNPROVEN].bytes > before)
    return wire


async def test_an_address_that_makes_us_wait_for_much_is_refused_until_it_has_sent_it(open_with: Open) -> None:
    async with open_with(Caps(network_bytes=2 * len(BODY))) as bridge, AsyncExitStack() as stack:
        slow = [await begun(stack, bridge, head(bridge, len(BODY))) for _ in range(2)]
        refused = await stack.enter_async_context(connected(bridge.port))
        await refused.send(head(bridge, len(BODY)))
        received = await refused.receive()
        whole = await ask(bridge.port, head(bridge, len(BODY)) + BODY)
        await slow[0].send(BODY)
        served = await slow[0].receive()
        await begun(stack, bridge, head(bridge, len(BODY)))
        told = bridge.app[METRICS].snapshot()

    assert (429, "too_many_requests", "5") == code(received)
    assert "close" == received.header("Connection")
    # Of what has come already nothing is waited for.
    assert [200, 200] == [served.status, whole.status]
    assert [("_total", {"what": "network_bytes"}, 1)] == told["toolboxai_unproven_refused_total"]
    assert [("", {}, 2 * len(BODY))] == told["toolboxai_unproven_waited_bytes"]


async def test_all_together_are_refused_beyond_the_bytes_of_all(open_with: Open) -> None:
    caps = Caps(network_bytes=1000, all_bytes=2 * len(BODY))
    async with open_with(caps, **PROXIED) as bridge, AsyncExitStack() as stack:
        for number in (1, 2):
            await begun(stack, bridge, head(bridge, len(BODY), f"X-Forwarded-For: 192.0.2.{number}"))
        refused = await stack.enter_async_context(connected(bridge.port))
        await refused.send(head(bridge, len(BODY), "X-Forwarded-For: 192.0.2.3"))

        assert (503, "crowded", "5") == code(await refused.receive())


async def test_chunks_count_as_the_longest_body_that_their_route_takes(open_with: Open) -> None:
    async with open_with(Caps(), body_limit_bytes=2000) as bridge, AsyncExitStack() as stack:
        chunked = request(bridge.port, TOTAL, method="POST", headers=f"{JSON}\nTransfer-Encoding: chunked")
        await begun(stack, bridge, chunked)

        assert 2000 == bridge.app[UNPROVEN].bytes


@pytest.mark.parametrize("how", ["cut", "left", "malformed"])
async def test_what_was_counted_is_given_back_however_the_body_ends(open_with: Open, how: str) -> None:
    # Of a chunk that is malformed the reader of the body is told nothing, so its time ends it too.
    seconds = 10 if how == "left" else 0.2
    async with open_with(Caps(network_bytes=len(BODY)), body_timeout_seconds=seconds) as bridge:
        async with AsyncExitStack() as stack:
            if how == "malformed":
                data = request(bridge.port, TOTAL, method="POST", headers=f"{JSON}\nTransfer-Encoding: chunked")
                wire = await begun(stack, bridge, data)
                await wire.send(b"no length\r\n")
            else:
                wire = await begun(stack, bridge, head(bridge, len(BODY)))
            if how != "left":
                await wire.receive()
        await until(lambda: bridge.app[UNPROVEN].bytes == 0)

        async with AsyncExitStack() as stack:
            wire = await begun(stack, bridge, head(bridge, len(BODY)))
            await wire.send(BODY)
            assert 200 == (await wire.receive()).status


async def test_the_routes_by_which_strangers_become_known_take_short_bodies_alone(open_with: Open) -> None:
    async with open_with(Caps()) as bridge:
        statuses = {
            path: [
                (await ask(bridge.port, request(bridge.port, path, method="POST", body=body, headers=JSON))).status
                for body in (b" " * BODY_BYTES, b" " * (BODY_BYTES + 1))
            ]
            for path in OPENINGS
        }

    assert sorted(OPENINGS) == sorted(each.path for each in GATE_ROUTES if each.permission == PUBLIC)
    assert {path: [400, 413] for path in OPENINGS} == statuses


async def test_one_connection_too_many_is_closed_until_another_has_ended(open_with: Open) -> None:
    async with open_with(Caps(network_connections=2)) as bridge, AsyncExitStack() as stack:
        first, second = [await stack.enter_async_context(connected(bridge.port)) for _ in range(2)]
        for wire in (first, second):
            await wire.send(request(bridge.port))
            assert 200 == (await wire.receive()).status
        third = await stack.enter_async_context(connected(bridge.port))
        assert await third.is_closed_by_the_other_side()
        assert (2, 2) == (bridge.connections(), bridge.app[UNPROVEN].connections)
        told = bridge.app[METRICS].snapshot()

        await second.close()
        await until(lambda: bridge.app[UNPROVEN].connections == 1)
        assert 200 == (await ask(bridge.port, request(bridge.port))).status

    assert [("_total", {"what": "network_connections"}, 1)] == told["toolboxai_unproven_refused_total"]
    assert [("", {}, 2)] == told["toolboxai_connections"]
    assert 0 == bridge.app[UNPROVEN].connections


async def test_the_connections_of_a_proxy_that_we_trust_count_in_all_alone(open_with: Open) -> None:
    caps = Caps(network_connections=1, all_connections=3)
    async with open_with(caps, **PROXIED) as bridge, AsyncExitStack() as stack:
        for _ in range(3):
            wire = await stack.enter_async_context(connected(bridge.port))
            await wire.send(request(bridge.port))
            assert 200 == (await wire.receive()).status
        fourth = await stack.enter_async_context(connected(bridge.port))

        assert await fourth.is_closed_by_the_other_side()
        assert {"all_connections": 1} == bridge.app[UNPROVEN].refused
