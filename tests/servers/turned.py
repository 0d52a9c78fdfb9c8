"""A way to one server or another, turned while it is used, as a service address is at a fail-over."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turned:
    def __init__(self, port: int) -> None:
        self.to = port
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def turn(self, port: int) -> None:
        """Lead to another server; whoever is connected is cut off."""
        self.to = port
        for task in self._tasks:
            task.cancel()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there = await asyncio.open_connection("127.0.0.1", self.to)
        except OSError:
            writer.close()
            return
        ways = asyncio.gather(_pass_on(reader, there[1]), _pass_on(there[0], writer))
        task = asyncio.ensure_future(_until_cut(ways))
        self._tasks.add(task)
        await task
        self._tasks.discard(task)
        for end in (there[1], writer):
            end.transport.abort()


async def _until_cut(ways: "asyncio.Future[tuple[None, None]]") -> None:
    with contextlib.suppress(asyncio.CancelledError, OSError):
        await ways


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
    writer.close()


@asynccontextmanager
async def turned(port: int) -> AsyncIterator[Turned]:
    way = Turned(port)
    server = await asyncio.start_server(way.carry, "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        server.close()
        way.turn(way.to)
        await server.wait_closed()
