"""A way over which connections fare badly: late, in pieces, slowly, held, cut, or open on one side only.

It stands between clients and a bridge, between a bridge and its Valkey, and between a primary and its replica.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import NamedTuple

_CHUNK_BYTES = 65_536
_WINDOW_BYTES = 16_384
_PACKET_BYTES = 1_400


class Going(NamedTuple):
    """How one connection fares, both ways."""

    latency_seconds: float = 0.0
    piece_bytes: int = _CHUNK_BYTES
    bytes_a_second: float | None = None


CLEAR = Going()


class RoughWay:
    def __init__(self, to: int, going: Callable[[], Going]) -> None:
        self.to = to
        self.port = 0
        # Each new connection is told how it fares.
        self.going = going
        # What is written instead of what, as somebody who can write to the line may; of the same length.
        self.forged: tuple[bytes, bytes] | None = None
        self.forgeries = 0
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._asks = False
        self._is_over = False
        self._deserted: set[asyncio.Task[None]] = set()
        self._lines: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    def hold(self, *, answers_only: bool = False) -> None:
        """Pass nothing on: every connection stays open, and is silent; or lets through what is asked, and no answer."""
        self._is_open.clear()
        self._asks = answers_only

    def go_on(self) -> None:
        self._is_open.set()

    def cut(self, chosen: Callable[[], bool] = lambda: True) -> int:
        """Cut the connections that are chosen, on both sides; return how many those are."""
        cut = [line for line in self._lines if chosen()]
        for line in cut:
            line.cancel()
        return len(cut)

    def desert(self, chosen: Callable[[], bool]) -> int:
        """Cut the connections that are chosen on the client's side only: the other side is not told, and not read."""
        deserted = [line for line in self._lines if chosen()]
        self._deserted.update(deserted)
        for line in deserted:
            self._lines[line].transport.abort()
        return len(deserted)

    def turn(self, port: int) -> None:
        """Lead elsewhere; whoever is connected is cut off, and what was on its way is lost."""
        self.to = port
        self.cut()
        self.go_on()

    async def end(self) -> None:
        self._is_over = True
        self.cut()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_over:
            writer.transport.abort()
            return
        # A task of our own: one that a server makes complains when it is cancelled.
        line = asyncio.create_task(self._carry(reader, writer))
        self._lines[line] = writer
        line.add_done_callback(self._ended)

    def _ended(self, line: asyncio.Task[None]) -> None:
        self._lines.pop(line).transport.abort()
        self._deserted.discard(line)
        if not line.cancelled() and (error := line.exception()) is not None and not isinstance(error, OSError):
            raise error

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = socket.socket()
        # As over a network: what waits for somebody who does not read waits at the server. With the packets of the
        # machine's own loop, of 64 KiB each, more than a megabyte would wait in the system's buffers.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _PACKET_BYTES)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW_BYTES)
        line.setblocking(False)
        try:
            await asyncio.get_running_loop().sock_connect(line, ("127.0.0.1", self.to))
            there, back = await asyncio.open_connection(sock=line)
        except BaseException:
            line.close()
            raise
        going = self.going()
        to_server = asyncio.create_task(self._pass(reader, back, going))
        to_client = asyncio.create_task(self._pass(there, writer, going, is_answer=True))
        try:
            await asyncio.wait((to_server, to_client), return_when=asyncio.FIRST_COMPLETED)
            if asyncio.current_task() in self._deserted:
                # Whoever has lost a peer without a word finds out by itself.
                await to_client
        finally:
            # First of all, as it may be cut once more while it ends.
            back.transport.abort()
            for way in (to_server, to_client):
                way.cancel()
            await asyncio.gather(to_server, to_client, return_exceptions=True)

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, going: Going, *, is_answer: bool = False
    ) -> None:
        while data := await reader.read(_CHUNK_BYTES):
            if is_answer and self.forged is not None and self.forged[0] in data:
                data = data.replace(*self.forged)
                self.forgeries += 1
            for place in range(0, len(data), going.piece_bytes):
                if not self._is_open.is_set() and (is_answer or not self._asks):
                    await self._is_open.wait()
                if going.latency_seconds:
                    await asyncio.sleep(going.latency_seconds)
                piece = data[place : place + going.piece_bytes]
                writer.write(piece)
                await writer.drain()
                if going.bytes_a_second is not None:
                    await asyncio.sleep(len(piece) / going.bytes_a_second)


@asynccontextmanager
async def rough_way(to: int, going: Callable[[], Going] = lambda: CLEAR) -> AsyncIterator[RoughWay]:
    way = RoughWay(to, going)
    server = await asyncio.start_server(way.carry, "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        server.close()
        await way.end()
        await server.wait_closed()
