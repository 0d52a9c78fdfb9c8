"""The whole application on a real socket, with the ledger in it, on each database."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from socket import socket
from typing import Any

import pytest
from aiohttp import ClientSession, web

from backend.db.config import DatabaseConfig
from backend.web.server import Runner
from bridge.settings import Settings
from tests.ledger.worker import create_app


@dataclass(frozen=True, slots=True)
class Bridge:
    app: web.Application
    port: int
    client: ClientSession
    connections: Callable[[], int]


Start = Callable[..., Awaitable[Bridge]]


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[Bridge]:
    runner = Runner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        listener = socket()
        listener.bind(("127.0.0.1", 0))
        await web.SockSite(runner, listener).start()
        port = listener.getsockname()[1]
        async with ClientSession(f"http://127.0.0.1:{port}") as client:
            yield Bridge(app, port, client, lambda: len(runner.server.connections) if runner.server else 0)
    finally:
        await runner.cleanup()


async def _started(stack: AsyncExitStack, settings: Settings) -> Bridge:
    return await stack.enter_async_context(serving(create_app(settings)))


@pytest.fixture
async def start_bridge(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[Start]:
    """Start a bridge on SQLite with settings of the test's own."""
    async with AsyncExitStack() as stack:

        async def start(**changed: Any) -> Bridge:
            settings = Settings(data_dir=tmp_path, database_url=sqlite_database.url)
            return await _started(stack, replace(settings, **changed))

        yield start


@pytest.fixture
async def bridge(start_bridge: Start) -> Bridge:
    """A bridge on SQLite, for what has nothing to do with the database."""
    return await start_bridge()


@pytest.fixture
async def ledger(tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[Bridge]:
    """A bridge on each database in turn."""
    async with serving(create_app(Settings(data_dir=tmp_path, database_url=database_config.url))) as started:
        yield started
