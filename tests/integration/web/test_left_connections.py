"""A connection that a stream has for good: it outlives its request, and ends with the server or with the other side."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from socket import socket
from typing import cast

import pytest
from aiohttp import hdrs, web
from aiohttp._websocket.reader import WebSocketReader

from backend.db.config import DatabaseConfig
from backend.web.call import Answer, Call
from backend.web.exchange import Exchange
from backend.web.keys import BOUNDARY, UNPROVEN
from backend.web.reply import Headers
from backend.web.route import PUBLIC, Route
from backend.web.server import Connection, Runner
from bridge.app import create_app
from bridge.settings import Settings
from tests.integration.web.waiting import until
from tests.integration.web.wire import PATIENCE_SECONDS, Wire, connected


class Echo:
    """Says what it hears."""

    def __init__(self) -> None:
        self.is_lost = False
        self._early = b""

    def begin(self, exchange: Exchange) -> Headers:
        self._connection = cast("Connection", exchange.protocol)
        self._transport = cast("asyncio.Transport", exchange.transport)
        self._connection.keep_alive(False)
        self._connection.set_parser(cast("WebSocketReader", self))
        return ((hdrs.UPGRADE, "websocket"), (hdrs.CONNECTION, "Upgrade"))

    async def serve(self) -> None:
        self._transport.write(self._early)
        self._connection.leave_to(self)

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        self._early += data
        return False, b""

    def feed_eof(self) -> None:
        """Nothing: it is told by `lost`."""

    def received(self, data: bytes) -> None:
        self._transport.write(data)

    def hold(self) -> None:
        """Nothing: what is said here is little."""

    def go_on(self) -> None:
        """Nothing, as well."""

    def lost(self) -> None:
        self.is_lost = True

    async def get(self, _call: Call[None, None, None]) -> Answer:
        return Answer(101, stream=self)


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def app(tmp_path: Path, sqlite_database: DatabaseConfig, echo: Echo) -> web.Application:
    route = Route(
        method="GET",
        path="/echo",
        handler=echo.get,
        answers={101: None},
        permission=PUBLIC,
        streams=True,
        rate_class="health",
        summary="Says what it hears",
    )
    return create_app(Settings(data_dir=tmp_path, database_url=sqlite_database.url), extra_routes=(route,))


@asynccontextmanager
async def served(app: web.Application, *, shutdown_seconds: float) -> AsyncIterator[tuple[Runner, int]]:
    runner = Runner(app, shutdown_timeout=shutdown_seconds)
    await runner.setup()
    try:
        listener = socket()
        listener.bind(("127.0.0.1", 0))
        await web.SockSite(runner, listener).start()
        yield runner, listener.getsockname()[1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def echoing(port: int, said_at_once: bytes = b"") -> AsyncIterator[Wire]:
    async with connected(port) as wire:
        lines = ("GET /echo HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: Upgrade", "Upgrade: websocket", "", "")
        await wire.send("\r\n".join(lines).encode() + said_at_once)
        assert 101 == (await wire.receive()).status
        yield wire


async def says(wire: Wire, data: bytes) -> bytes:
    await wire.send(data)
    async with asyncio.timeout(PATIENCE_SECONDS):
        return await wire._reader.readexactly(len(data))


def tasks_of_the_server() -> list[str]:
    """Return those in which requests are waited for or answered."""
    names = [str(getattr(task.get_coro(), "__qualname__", "")) for task in asyncio.all_tasks()]
    return [name for name in names if name.startswith("RequestHandler.")]


async def test_it_is_heard_though_no_task_and_no_request_is_left(app: web.Application, echo: Echo) -> None:
    async with served(app, shutdown_seconds=1) as (_, port):
        async with echoing(port) as wire:
            await until(lambda: not tasks_of_the_server())
            assert [b"one", b"two"] == [await says(wire, data) for data in (b"one", b"two")]
            assert 0 == app[BOUNDARY].in_flight
            assert 1 == app[UNPROVEN].connections
            assert not echo.is_lost
        await until(lambda: echo.is_lost)
        assert 0 == app[UNPROVEN].connections


@pytest.mark.parametrize("size", [5, 200_000])
async def test_what_comes_right_behind_the_request_is_heard(app: web.Application, size: int) -> None:
    async with served(app, shutdown_seconds=1) as (_, port), echoing(port, b"x" * size) as wire:
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert b"x" * size == await wire._reader.readexactly(size)
        assert b"after it" == await says(wire, b"after it")


async def test_a_server_that_ends_waits_until_the_other_side_has_gone(app: web.Application, echo: Echo) -> None:
    async with served(app, shutdown_seconds=10 * PATIENCE_SECONDS) as (runner, port):
        async with echoing(port) as wire, connected(port) as idle:
            ending = asyncio.create_task(runner.cleanup())
            # Whoever only might ask for something more is closed at once.
            assert await idle.is_closed_by_the_other_side()
            assert b"still here" == await says(wire, b"still here")
            assert not ending.done()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await ending
        assert echo.is_lost


async def test_a_server_that_ends_waits_for_nobody_for_ever(app: web.Application, echo: Echo) -> None:
    async with served(app, shutdown_seconds=0.1) as (runner, port), echoing(port) as wire:
        await runner.cleanup()
        assert await wire.is_closed_by_the_other_side()
        await until(lambda: echo.is_lost)
