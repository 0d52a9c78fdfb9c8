"""Followers over all three transports: each believes what is proven, goes by its last cursors, and comes back."""

import asyncio
import json
import random
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    ClientWSTimeout,
    WSMsgType,
    WSServerHandshakeError,
)
from yarl import URL

from tests.chaos.channels.notebook import Notebook, StreamOver
from tests.integration.gate.signer import Signer, is_proven
from tests.integration.realtime.reader import STREAM, Seals, headers_of, opened_by
from tests.integration.web.wire import Received

# A client takes a silent line for lost; the product's do after a minute, and these have less time.
SILENCE_SECONDS: Final = 5.0
_WS_TIMEOUT: Final = ClientWSTimeout(ws_close=0.5)
POLL_WAIT_SECONDS: Final = 2
# A game server asks a few times a minute.
POLL_PAUSE_SECONDS: Final = 0.2
# What ends a session: the next one is opened.
_OVER: Final = {"epoch", "expired", "not_proven"}
# What says to come back.
_LATER: Final = {
    *("store_unavailable", "database_unavailable", "overloaded", "stopping", "crowded"),
    *("slow", "reconnect"),
    # The library sends a GET again by itself where a connection broke.
    "replayed",
}


class Refused(Exception):
    """The bridge answered something else than what was asked for."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.code = code


class Follower(ABC):
    """One client; `opened` gives it a session."""

    def __init__(
        self,
        name: str,
        client: ClientSession,
        channels: Sequence[str],
        opened: Callable[[], Awaitable[Signer]],
        chance: random.Random,
    ) -> None:
        self.name = name
        self.notes = Notebook(channels)
        # How its streams ended.
        self.ends: Counter[str] = Counter()
        self._client = client
        self._channels = channels
        self._opened = opened
        self._chance = chance

    async def follow(self) -> None:
        """Follow until cancelled; whatever is neither a fault of the line nor an answer to be expected ends it."""
        signer = await self._opened()
        while True:
            wait_seconds = 0.0
            try:
                await self._once(signer)
                self.ends["closed"] += 1
            except (ClientError, OSError, TimeoutError):
                self.ends["cut"] += 1
            except (Refused, StreamOver) as error:
                self.ends[error.code] += 1
                if error.code in _OVER:
                    signer = await self._opened()
                elif error.code not in _LATER:
                    raise
                wait_seconds = error.wait_seconds if isinstance(error, StreamOver) else 0.0
            except Distrusted:
                self.ends["distrusted"] += 1
            await asyncio.sleep(wait_seconds + self._chance.uniform(0.02, 0.2))

    @abstractmethod
    async def _once(self, signer: Signer) -> None:
        """Follow over one connection until it ends."""

    def _at(self, signer: Signer, target: str) -> URL:
        """Return the address as it was signed, letter by letter."""
        return URL(f"http://127.0.0.1:{signer.port}{target}", encoded=True)

    def _believe(self, seals: Seals, text: str) -> bool:
        """Take what a frame proves; whether it proved anything."""
        try:
            items = seals.put(text)
        except (AssertionError, ValueError, KeyError):
            raise Distrusted from None
        for item in items:
            self.notes.take(item)
        return bool(items)


class Distrusted(Exception):
    """A seal is not the bridge's, or what it stands under is not what was sealed."""


class ByWebSocket(Follower):
    async def _once(self, signer: Signer) -> None:
        headers = headers_of(signer, STREAM)
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                socket = await self._client.ws_connect(
                    self._at(signer, STREAM),
                    headers=headers,
                    max_msg_size=65_536,
                    timeout=_WS_TIMEOUT,
                )
        except WSServerHandshakeError as error:
            # Why stands in its body, which is lost here.
            raise Refused(
                error.status, {401: "epoch", 409: "replayed", 503: "crowded"}.get(error.status, "handshake")
            ) from None
        async with socket:
            await self._read(socket, Seals(signer.session, opened_by(STREAM, headers)))

    async def _read(self, socket: ClientWebSocketResponse, seals: Seals) -> None:
        for channel in self._channels:
            begin = str(self.notes.places.get(channel, "latest"))
            await socket.send_str(json.dumps({"type": "follow", "channel": channel, "begin": begin}))
        while True:
            async with asyncio.timeout(SILENCE_SECONDS):
                message = await socket.receive()
            if message.type is not WSMsgType.TEXT:
                return
            self._believe(seals, message.data)


class ByEvents(Follower):
    """As a browser follows: it asks the same each time, and says which event was the last."""

    def __init__(self, *about: Any) -> None:
        super().__init__(*about)
        self._last_id: str | None = None

    async def _once(self, signer: Signer) -> None:
        follow = ",".join(f"{channel}@latest" for channel in self._channels)
        target = f"/v1/events?follow={follow}"
        headers = headers_of(signer, target)
        if self._last_id is not None:
            headers["Last-Event-ID"] = self._last_id
        async with self._client.get(
            self._at(signer, target), headers=headers, timeout=ClientTimeout(sock_read=SILENCE_SECONDS)
        ) as answer:
            if answer.status != 200:
                raise await refused(answer)
            await self._read(answer, Seals(signer.session, opened_by(target, headers)))

    async def _read(self, answer: ClientResponse, seals: Seals) -> None:
        event_id, text = "", ""
        unproven_id = ""
        async for line in answer.content:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "id":
                event_id = value
            elif name == "data":
                text = value
            elif not name and text:
                unproven_id = event_id or unproven_id
                if self._believe(seals, text) and unproven_id:
                    self._last_id = unproven_id
                    places = dict(each.split("@") for each in unproven_id.split(","))
                    self.notes.told({channel: place for channel, place in places.items() if place != "latest"})
                event_id, text = "", ""


class ByPolling(Follower):
    async def _once(self, signer: Signer) -> None:
        target = f"/v1/updates?follow={self.notes.follow()}&wait={POLL_WAIT_SECONDS}"
        request = signer.sign("GET", target)
        limit = ClientTimeout(total=POLL_WAIT_SECONDS + SILENCE_SECONDS)
        async with self._client.get(
            self._at(signer, target), headers=signed_headers(request.headers), timeout=limit
        ) as answer:
            body = await answer.read()
            if answer.status != 200:
                raise await refused(answer)
            headers = tuple(answer.headers.items())
        try:
            proven = is_proven(signer.session, request, Received("HTTP/1.1", answer.status, headers, body))
        except AssertionError:
            proven = False
        if not proven:
            raise Distrusted
        told = json.loads(body)
        for item in told["items"]:
            self.notes.take(item)
        self.notes.told(told["cursors"])
        await asyncio.sleep(POLL_PAUSE_SECONDS)


async def refused(answer: ClientResponse) -> Refused:
    try:
        code = str((await answer.json(content_type=None))["code"])
    except (ValueError, KeyError, TypeError):
        code = "no problem"
    return Refused(answer.status, code)


def signed_headers(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    names = {b"Content-Digest", b"Signature-Input", b"Signature"}
    return {name.decode(): value.decode() for name, value in headers if name in names}
