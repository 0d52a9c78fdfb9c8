"""A way to a Redis server on which the connections that listen can be held: open, and nothing comes or goes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class HoldingWay:
    def __init__(self, port: int) -> None:
        self._to = port
        self.port = 0
        # Whether something is held up now.
        self.is_holding = False
        # What is held: each connection on which somebody listens, from where these words are sent on.
        self._words: bytes | None = None
        self._free = asyncio.Event()
        self._ways: set[asyncio.Task[None]] = set()
        self._ended = asyncio.Event()

    def hold(self, words: bytes) -> None:
        self._words = words
        self._free.clear()

    def let_go(self) -> None:
        self._words, self.is_holding = None, False
        self._free.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection("127.0.0.1", self._to)
        listens = asyncio.Event()
        ways = {
            asyncio.create_task(self._pass(reader, there[1], listens)),
            asyncio.create_task(self._pass(there[0], writer, listens)),
        }
        self._ways |= ways
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (there[1], writer):
            end.transport.abort()
            with contextlib.suppress(OSError):
                await end.wait_closed()
        self._ways -= ways
        self._ended.set()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listens: asyncio.Event) -> None:
        while data := await reader.read(65_536):
            if b"SSUBSCRIBE" in data:
                listens.set()
            if self._words is not None and listens.is_set() and self._words in data:
                self.is_holding = True
                await self._free.wait()
            writer.write(data)

    async def end(self) -> None:
        while self._ways:
            self._ended.clear()
            for way in self._ways:
                way.cancel()
            await self._ended.wait()


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
