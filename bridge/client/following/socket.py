"""A WebSocket to the bridge, as far as following needs one: texts there, texts back, and silence noticed."""

import asyncio
from types import TracebackType
from typing import Final, Self

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType

from bridge.client.answers import Answer
from bridge.client.doing import SWITCHING
from bridge.client.signing import Request, SignedHead
from bridge.client.transport import Lost, Once, Transport, lost_where_it_fails, whole_answer

MOST_FRAME_BYTES: Final = 65_536
# The bridge says something each 25 seconds.
SILENCE_SECONDS: Final = 60.0
SENDING_SECONDS: Final = 10.0
CLOSING_SECONDS: Final = 2.0


class Refused(Exception):
    """The bridge, or whoever answers, did not take the upgrade."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("the upgrade was refused")
        self.answer = answer


class Socket:
    """One connection of its own, which is used for nothing before and nothing after."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._http: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse[bool] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._socket is not None:
                await self._socket.close()
        finally:
            await self._close_http()

    async def upgrade(self, request: Request, head: SignedHead) -> Answer:
        """Send the signed upgrade; 101 where there is a WebSocket now, else the refusal. Lost where nothing came."""
        await self._close_http()
        self._http = self._transport.new_http(most_connections=1, middlewares=(Once(), _keep_refusal))
        try:
            with lost_where_it_fails(SENDING_SECONDS):
                async with asyncio.timeout(SENDING_SECONDS):
                    self._socket = await self._http.ws_connect(
                        self._transport.url(request.target),
                        headers=self._transport.headers(request, head.headers),
                        autoping=False,
                        compress=0,
                        # aiohttp refuses what is not below its limit.
                        max_msg_size=MOST_FRAME_BYTES + 1,
                        decode_text=False,
                        timeout=aiohttp.ClientWSTimeout(ws_close=CLOSING_SECONDS),
                    )
        except Refused as refused:
            return refused.answer
        return Answer(SWITCHING, {}, b"")

    async def receive(self) -> bytes:
        """Return the next text; Lost where the connection ended, or nothing was heard for too long."""
        socket = self._open()
        while True:
            try:
                got = await socket.receive(SILENCE_SECONDS)
            except TimeoutError:
                raise Lost(f"nothing was heard for {SILENCE_SECONDS:.0f} seconds") from None
            if got.type is aiohttp.WSMsgType.TEXT:
                return bytes(got.data)
            if got.type is aiohttp.WSMsgType.PING:
                with lost_where_it_fails(SENDING_SECONDS):
                    async with asyncio.timeout(SENDING_SECONDS):
                        await socket.pong(got.data)
            elif got.type is not aiohttp.WSMsgType.PONG:
                raise Lost("the stream ended")

    async def send(self, text: str) -> None:
        with lost_where_it_fails(SENDING_SECONDS):
            async with asyncio.timeout(SENDING_SECONDS):
                await self._open().send_str(text)

    async def _close_http(self) -> None:
        if self._http is not None:
            await self._http.close()

    def _open(self) -> "aiohttp.ClientWebSocketResponse[bool]":
        if self._socket is None:
            raise RuntimeError("a socket is upgraded before it is used")
        return self._socket


async def _keep_refusal(request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
    """Read the whole answer where it is no upgrade: aiohttp's own error has no body, so no code to act on."""
    response = await handler(request)
    if response.status == SWITCHING:
        return response
    async with response:
        raise Refused(await whole_answer(response))
