"""A way to a Redis server on which the connections that listen can be held: open, and nothing comes or goes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class HoldingWay:
    def __init__(self, port: int) -> None:
        self._to = port
        self.port = 0
        # Whether nothing passes on a connection on which somebody listens.
        self.holds = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        there = await asyncio.open_connection("127.0.0.1", self._to)
        listens = asyncio.Event()
        ways = [
            asyncio.create_task(self._pass(reader, there[1], listens)),
            asyncio.create_task(self._pass(there[0], writer, listens)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            for end in (there[1], writer):
                end.transport.abort()
            self._tasks.discard(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listens: asyncio.Event) -> None:
        while data := await reader.read(65_536):
            if b"SSUBSCRIBE" in data:
                listens.set()
            if not (self.holds and listens.is_set()):
                writer.write(data)

    async def end(self) -> None:
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def holding_way(port: int) -> AsyncIterator[HoldingWay]:
    way = HoldingWay(port)
    server = await asyncio.start_server(way.carry, "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        server.close()
        await way.end()
        await server.wait_closed()
