"""A client of channels in plain Python, worked out from the protocol's text: it believes nothing before its seal."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType

from tests.contract.signing import Session, mac
from tests.integration.gate.signer import Signer

PATIENCE_SECONDS = 10.0
STREAM = "/v1/stream"


def spoken(signer: Signer, kind: str, target: str) -> dict[str, str]:
    """Return a frame with the headers of a signed GET."""
    signed = signer.sign("GET", target)
    return {
        "type": kind,
        "content_digest": signed.content_digest,
        "signature_input": signed.signature_input,
        "signature": signed.signature,
    }


def headers_of(signer: Signer, target: str) -> dict[str, str]:
    signed = signer.sign("GET", target)
    names = ("Content-Digest", "Signature-Input", "Signature")
    return {name.decode(): value.decode() for name, value in signed.headers if name.decode() in names}


@dataclass(slots=True)
class Seals:
    """What was read and is not sealed yet."""

    session: Session
    stream: str = ""
    counter: int = 0
    unsealed: list[str] = field(default_factory=list)

    def put(self, text: str) -> list[dict[str, Any]]:
        """Return the items that may be believed now."""
        item = json.loads(text)
        if item["type"] != "seal":
            self.unsealed.append(text)
            return []
        items, self.unsealed = self.unsealed, []
        if not self.stream:
            self.stream = json.loads(items[0])["stream"]
        self.counter += 1
        assert (self.counter, len(items)) == (item["counter"], item["items"])
        digests = (base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in items)
        lines = ("toolboxai-stream-1", self.stream, str(self.counter), *digests)
        expected = base64.b64encode(mac(self.session.use("stream"), "\n".join(lines).encode())).decode()
        assert hmac.compare_digest(expected, item["proof"])
        return [json.loads(each) for each in items]


class Reader:
    def __init__(self, socket: ClientWebSocketResponse, session: Session) -> None:
        self.socket = socket
        self.seals = Seals(session)
        self._items: list[dict[str, Any]] = []

    async def say(self, frame: dict[str, Any]) -> None:
        await self.socket.send_str(json.dumps(frame))

    async def follow(self, channel: str, begin: str = "latest") -> dict[str, Any]:
        """Follow a channel, and return what is said of it first."""
        await self.say({"type": "follow", "channel": channel, "begin": begin})
        return await self.item()

    async def item(self) -> dict[str, Any]:
        """Return the next item that is sealed."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self._items:
                message = await self.socket.receive()
                assert message.type is WSMsgType.TEXT, message
                self._items += self.seals.put(message.data)
        return self._items.pop(0)

    async def messages(self, number: int) -> list[Any]:
        """Return the data of the next messages."""
        return [(await self.message())["data"] for _ in range(number)]

    async def message(self) -> dict[str, Any]:
        item = await self.item()
        assert item["type"] == "message", item
        return item

    async def close_code(self) -> int | None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            message = await self.socket.receive()
        assert message.type is WSMsgType.CLOSE, message
        return message.data if isinstance(message.data, int) else None


@asynccontextmanager
async def reading(client: ClientSession, signer: Signer) -> AsyncIterator[Reader]:
    """Open a stream by a signed upgrade, and take its welcome."""
    async with client.ws_connect(STREAM, headers=headers_of(signer, STREAM), max_msg_size=65_536) as socket:
        reader = Reader(socket, signer.session)
        welcome = await reader.item()
        assert (welcome["type"], welcome["sealed"]) == ("welcome", True)
        yield reader
