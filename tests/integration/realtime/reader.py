"""A client of channels in plain Python, worked out from the protocol's text: it believes nothing before its seal."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, WSMsgType

from tests.contract.signing import Session, mac
from tests.integration.gate.signer import Signer

PATIENCE_SECONDS = 10.0
STREAM = "/v1/stream"
# As many as a client takes without a seal.
UNSEALED_MOST = 256


def spoken(signer: Signer, kind: str, target: str, **changed: Any) -> dict[str, str]:
    """Return a frame with the headers of a signed GET."""
    signed = signer.sign("GET", target, **changed)
    return {
        "type": kind,
        "content_digest": signed.content_digest,
        "signature_input": signed.signature_input,
        "signature": signed.signature,
    }


def headers_of(signer: Signer, target: str, method: str = "GET") -> dict[str, str]:
    signed = signer.sign(method, target)
    names = ("Content-Digest", "Signature-Input", "Signature")
    return {name.decode(): value.decode() for name, value in signed.headers if name.decode() in names}


def between_colons(signature: str) -> str:
    return signature.split(":")[1]


def opened_by(target: str, headers: Mapping[str, str]) -> str:
    """Return what names a request in the seals of the stream that it opens; nothing where it says nothing."""
    if "Signature" in headers:
        return between_colons(headers["Signature"])
    return parse_qs(urlsplit(target).query).get("ticket", [""])[0]


@dataclass(slots=True)
class Seals:
    """What was read and is not sealed yet; without a session there are no seals."""

    session: Session | None
    # The base64 of the signature, or the ticket, that opened the stream.
    opened_by: str = ""
    stream: str = ""
    counter: int = 0
    unsealed: list[str] = field(default_factory=list)

    def put(self, text: str) -> list[dict[str, Any]]:
        """Return the items that may be believed now."""
        item = json.loads(text)
        if self.session is None:
            assert item["type"] != "seal"
            return [item]
        if item["type"] != "seal":
            self.unsealed.append(text)
            assert len(self.unsealed) <= UNSEALED_MOST
            return []
        items, self.unsealed = self.unsealed, []
        if not self.stream:
            self.stream = json.loads(items[0])["stream"]
        self.counter += 1
        assert (self.counter, len(items)) == (item["counter"], item["items"])
        read = [json.loads(each) for each in items]
        digests = (base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in items)
        lines = ("toolboxai-stream-1", self.stream, self.opened_by, str(self.counter), *digests)
        expected = base64.b64encode(mac(self.session.use("stream"), "\n".join(lines).encode())).decode()
        assert hmac.compare_digest(expected, item["proof"])
        return read


class Items:
    """Items one after the other, from whatever brings them."""

    def __init__(self, session: Session | None, opened_by: str = "") -> None:
        self.seals = Seals(session, opened_by)
        self.welcome: dict[str, Any] = {}
        self._items: list[dict[str, Any]] = []

    async def item(self) -> dict[str, Any]:
        """Return the next item that is sealed, or that needs no seal."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self._items:
                self._items += self.seals.put(await self._text())
        return self._items.pop(0)

    async def messages(self, number: int) -> list[Any]:
        """Return the data of the next messages."""
        return [(await self.message())["data"] for _ in range(number)]

    async def message(self) -> dict[str, Any]:
        return await self.of("message")

    async def of(self, kind: str) -> dict[str, Any]:
        item = await self.item()
        assert kind == item["type"], item
        return item

    async def bye(self) -> dict[str, Any]:
        """Return the last item, past whatever comes before it."""
        while (item := await self.item())["type"] != "bye":
            continue
        return item

    async def _text(self) -> str:
        raise NotImplementedError


class Reader(Items):
    """Over a WebSocket."""

    def __init__(self, socket: ClientWebSocketResponse, session: Session | None, opened_by: str = "") -> None:
        super().__init__(session, opened_by)
        self.socket = socket

    async def say(self, frame: Mapping[str, Any]) -> None:
        if frame["type"] == "hello" and not self.seals.opened_by:
            self.seals.opened_by = between_colons(frame["signature"])
        await self.socket.send_str(json.dumps(frame))

    async def follow(self, channel: str, begin: str = "latest") -> dict[str, Any]:
        """Follow a channel, and return what is said of it first."""
        await self.say({"type": "follow", "channel": channel, "begin": begin})
        return await self.item()

    async def _text(self) -> str:
        message = await self.socket.receive()
        assert message.type is WSMsgType.TEXT, message
        return str(message.data)

    async def close_code(self) -> int | None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            message = await self.socket.receive()
        assert message.type is WSMsgType.CLOSE, message
        return message.data if isinstance(message.data, int) else None


class EventReader(Items):
    """Over server-sent events."""

    def __init__(self, response: ClientResponse, session: Session | None, opened_by: str = "") -> None:
        super().__init__(session, opened_by)
        self.response = response
        # Of the event before, as a browser keeps it.
        self.last_id = ""
        self.comments = 0

    async def _text(self) -> str:
        text = ""
        while line := (await self.response.content.readline()).decode():
            assert line.endswith("\n")
            name, _, value = line[:-1].partition(": ")
            if line == ":\n":
                self.comments += 1
            elif name == "id":
                self.last_id = value
            elif name == "data":
                text = value
            elif line == "\n" and text:
                return text
        raise ConnectionResetError("the stream has ended")

    async def is_over(self) -> bool:
        """Whether nothing comes any more."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.response.content.read() == b""


@asynccontextmanager
async def upgraded(
    client: ClientSession, session: Session | None, target: str = STREAM, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Reader]:
    """Open a WebSocket, and nothing more."""
    async with client.ws_connect(target, headers=headers, max_msg_size=65_536) as socket:
        yield Reader(socket, session, opened_by(target, headers or {}))


@asynccontextmanager
async def reading(
    client: ClientSession, signer: Signer, *, is_sealed: bool = True, **headers: str
) -> AsyncIterator[Reader]:
    """Open a stream by a signed upgrade, and take its welcome."""
    sent = headers_of(signer, STREAM) | headers
    async with upgraded(client, signer.session if is_sealed else None, headers=sent) as reader:
        reader.welcome = await reader.of("welcome")
        assert is_sealed == reader.welcome["sealed"]
        yield reader


@asynccontextmanager
async def events(
    client: ClientSession, follow: str, *, signer: Signer | None = None, headers: Mapping[str, str] | None = None
) -> AsyncIterator[EventReader]:
    """Open a stream of events, signed or with what the headers say, and take its welcome."""
    target = f"/v1/events?follow={follow}"
    sent = dict(headers or {})
    if signer is not None:
        sent |= headers_of(signer, target)
    async with client.get(target, headers=sent) as response:
        assert response.status == 200, await response.text()
        reader = EventReader(response, None if signer is None else signer.session, opened_by(target, sent))
        reader.welcome = await reader.of("welcome")
        yield reader


async def poll(client: ClientSession, signer: Signer, follow: str, wait: int = 0) -> tuple[int, dict[str, Any]]:
    """Ask for what is new, and return the status with the body."""
    target = f"/v1/updates?follow={follow}&wait={wait}"
    async with client.get(target, headers=headers_of(signer, target)) as response:
        return response.status, await response.json(content_type=None)


async def ticket(client: ClientSession, signer: Signer, path: str) -> str:
    """Return a ticket of a session for one GET."""
    body = json.dumps({"method": "GET", "path": path}).encode()
    signed = signer.sign("POST", "/v1/tickets", body)
    headers = {name.decode(): value.decode() for name, value in signed.headers}
    async with client.post("/v1/tickets", data=body, headers=headers) as response:
        assert response.status == 201
        return str((await response.json())["ticket"])
