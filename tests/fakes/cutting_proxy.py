"""Stands between a client and a bridge, and loses answers when it is told to; the bridge behind it may be replaced."""

import asyncio
from types import TracebackType
from typing import Self

_CHUNK_BYTES = 65_536


class CuttingProxy:
    """Passes bytes on as they are. Its address stays the same when the bridge behind it moves."""

    def __init__(self, port: int) -> None:
        self.target = port
        # So many answers are dropped, with their connections, once their first bytes have come.
        self.cuts = 0
        self.was_cut = 0
        # What they began with.
        self.lost: list[bytes] = []
        # What clients sent, by connection.
        self.sent: list[bytearray] = []
        self._open: dict[asyncio.Task[None], tuple[asyncio.StreamWriter, ...]] = {}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writers in self._open.values():
            for writer in writers:
                writer.transport.abort()
        await asyncio.gather(*self._open)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open[task] = (writer,)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.target)
            log = bytearray()
            self.sent.append(log)
            self._open[task] = (writer, back)
            try:
                done, left = await asyncio.wait(
                    [
                        asyncio.create_task(self._pass_requests(reader, back, log)),
                        asyncio.create_task(self._pass_answers(there, writer)),
                    ],
                    return_when=asyncio.FIRST_COMPLETED,
                )
                for each in left:
                    each.cancel()
                await asyncio.gather(*done, *left, return_exceptions=True)
            finally:
                back.transport.abort()
        except OSError:
            pass  # the bridge is away, which the client sees as a connection that ends
        finally:
            del self._open[task]
            writer.transport.abort()

    async def _pass_requests(self, reader: asyncio.StreamReader, back: asyncio.StreamWriter, log: bytearray) -> None:
        while chunk := await reader.read(_CHUNK_BYTES):
            log += chunk
            back.write(chunk)
            await back.drain()

    async def _pass_answers(self, there: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await there.read(_CHUNK_BYTES):
            if self.cuts > 0:
                self.cuts -= 1
                self.was_cut += 1
                self.lost.append(chunk)
                return
            writer.write(chunk)
            await writer.drain()
