"""Server-sent events of the bridge, as far as following needs them: their data, and silence noticed."""

import asyncio
from types import TracebackType
from typing import Final, Self

import aiohttp

from bridge.client.answers import Answer
from bridge.client.doing import SWITCHING
from bridge.client.signing import Request, SignedHead
from bridge.client.transport import Lost, Once, Transport, lost_where_it_fails, whole_answer

CONTENT_TYPE: Final = "text/event-stream"
# The bridge says something each 15 seconds.
SILENCE_SECONDS: Final = 60.0
SENDING_SECONDS: Final = 10.0
# Of one event: its item, and the places of all that is followed.
MOST_EVENT_BYTES: Final = 128 * 1024
_OK: Final = 200
_DATA: Final = b"data:"


class EventSource:
    """One connection of its own."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._http: aiohttp.ClientSession | None = None
        self._response: aiohttp.ClientResponse | None = None
        self._read = bytearray()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def open(self, request: Request, head: SignedHead) -> Answer:
        """Send the signed request; 101 where a stream was begun, as with a WebSocket, else the refusal. Or Lost."""
        await self._close()
        self._http = self._transport.new_http(most_connections=1, middlewares=(Once(),))
        with lost_where_it_fails(SENDING_SECONDS):
            async with asyncio.timeout(SENDING_SECONDS):
                response = self._response = await self._http.get(
                    self._transport.url(request.target),
                    headers={"Accept": CONTENT_TYPE, **self._transport.headers(request, head.headers)},
                    allow_redirects=False,
                )
                if response.status == _OK and response.content_type == CONTENT_TYPE:
                    return Answer(SWITCHING, {}, b"")
                return await whole_answer(response)

    async def receive(self) -> bytes:
        """Return the data of the next event; Lost where the stream ended, or nothing was heard for too long."""
        while True:
            event = await self._event()
            data = [line[len(_DATA) :].removeprefix(b" ") for line in event.split(b"\n") if line.startswith(_DATA)]
            if data:
                return b"\n".join(data)

    async def _event(self) -> bytes:
        if self._response is None:
            raise RuntimeError("a source is opened before it is read")
        while (end := self._read.find(b"\n\n")) < 0:
            if len(self._read) > MOST_EVENT_BYTES:
                raise Lost("an event is longer than this program takes")
            with lost_where_it_fails(SILENCE_SECONDS):
                async with asyncio.timeout(SILENCE_SECONDS):
                    came = await self._response.content.readany()
            if not came:
                raise Lost("the stream ended")
            self._read += came
        event = bytes(self._read[:end])
        del self._read[: end + 2]
        return event

    async def _close(self) -> None:
        self._read.clear()
        if self._response is not None:
            self._response.close()
        if self._http is not None:
            await self._http.close()
