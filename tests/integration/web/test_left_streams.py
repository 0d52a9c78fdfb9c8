"""Whoever asks for a stream and goes before it begins."""

import asyncio
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from backend.web.call import Answer, Call
from backend.web.exchange import Exchange
from backend.web.keys import BOUNDARY, UNPROVEN
from backend.web.reply import Headers
from backend.web.route import PUBLIC, Route
from bridge.app import create_app
from bridge.settings import Settings
from tests.integration.web.conftest import serving
from tests.integration.web.waiting import until
from tests.integration.web.wire import connected


class Begun:
    """A stream that notes whether it ever was one."""

    def __init__(self) -> None:
        self.asked_for = asyncio.Event()
        self.may_begin = asyncio.Event()
        self.has_begun = False

    def begin(self, exchange: Exchange) -> Headers:
        assert exchange.transport is not None
        self.has_begun = True
        return ()

    async def serve(self) -> None:
        raise AssertionError("nobody is there")

    async def get(self, _call: Call[None, None, None]) -> Answer:
        self.asked_for.set()
        await self.may_begin.wait()
        return Answer(200, stream=self)


async def test_a_stream_that_nobody_waits_for_any_more_does_not_begin_and_is_no_mistake(
    tmp_path: Path, sqlite_database: DatabaseConfig, caplog: pytest.LogCaptureFixture
) -> None:
    stream = Begun()
    route = Route(
        method="GET",
        path="/stream",
        handler=stream.get,
        answers={200: bytes},
        content_type="text/plain",
        permission=PUBLIC,
        streams=True,
        rate_class="health",
        summary="Begins late",
    )
    app = create_app(Settings(data_dir=tmp_path, database_url=sqlite_database.url), extra_routes=(route,))
    async with serving(app) as bridge:
        async with connected(bridge.port) as wire:
            await wire.send(f"GET /stream HTTP/1.1\r\nHost: 127.0.0.1:{bridge.port}\r\n\r\n".encode())
            await stream.asked_for.wait()
        await until(lambda: app[UNPROVEN].connections == 0)
        stream.may_begin.set()
        await until(lambda: app[BOUNDARY].in_flight == 0)

    assert not stream.has_begun
    assert [] == [record.message for record in caplog.records if record.levelname in {"ERROR", "CRITICAL"}]
