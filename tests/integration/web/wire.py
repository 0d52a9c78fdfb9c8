"""HTTP byte by byte: what a well-behaved client would never send, and what exactly comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Received:
    version: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the one header of that name; more than one is always a mistake of ours."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) <= 1, (name, found)
        return found[0] if found else None

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


class Wire:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def receive(self, *, to_head: bool = False) -> Received:
        """Read one answer, framed as its head says."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("ascii")
            first, *lines = head[:-4].split("\r\n")
            version, status, _ = first.split(" ", 2)
            headers = tuple((name, value) for name, _, value in (line.partition(": ") for line in lines))
            received = Received(version, int(status), headers, b"")
            length = int(received.header("Content-Length") or 0)
            has_body = not to_head and received.status >= 200
            body = await self._reader.readexactly(length) if has_body else b""
            return Received(version, int(status), headers, body)

    async def is_closed_by_the_other_side(self) -> bool:
        """Whether nothing more comes and the connection ends, within a time in which an open one says nothing."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._reader.read(1) == b""
        except (ConnectionError, TimeoutError) as error:
            return isinstance(error, ConnectionError)

    def stop_reading(self) -> None:
        """Take nothing more from the socket, as a reader that hangs."""
        transport = self._writer.transport
        assert isinstance(transport, asyncio.ReadTransport)
        transport.pause_reading()

    async def close(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return  # the other side was faster


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Wire]:
    wire = Wire(*await asyncio.open_connection("127.0.0.1", port))
    try:
        yield wire
    finally:
        await wire.close()


async def ask(port: int, data: bytes) -> Received:
    """Send these bytes on a connection of their own and return the first answer."""
    async with connected(port) as wire:
        await wire.send(data)
        return await wire.receive(to_head=data.startswith(b"HEAD "))


def request(
    port: int, target: str = "/health/live", *, method: str = "GET", body: bytes = b"", headers: str = ""
) -> bytes:
    """Write a request; `headers` are whole lines without the line ends at their end."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += headers.splitlines()
    if body:
        lines += [f"Content-Length: {len(body)}"]
    return "\r\n".join((*lines, "", "")).encode() + body
