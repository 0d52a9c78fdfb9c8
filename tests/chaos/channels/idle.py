"""A WebSocket that follows a channel and does as little as it can: thousands of them cost a test next to nothing."""

import asyncio
import json
import os
from base64 import b64encode
from typing import Final

from tests.integration.gate.signer import Signer
from tests.integration.realtime.reader import STREAM, headers_of

_MESSAGE: Final = b'"type":"message"'
_FOLLOWING: Final = b'"type":"following"'
_MASK_OF_ZEROS: Final = bytes(4)
# Masked, and empty.
_PONG: Final = b"\x8a\x80" + _MASK_OF_ZEROS


class IdleSocket(asyncio.Protocol):
    def __init__(self, signer: Signer, channel: str) -> None:
        self._signer = signer
        self._channel = channel
        self._head = b""
        loop = asyncio.get_running_loop()
        # The status of the answer; 0 where the connection ended before.
        self.answered: asyncio.Future[int] = loop.create_future()
        self.follows = asyncio.Event()
        self.messages = 0
        self.is_open = True
        self.last = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        lines = {
            "Host": f"127.0.0.1:{self._signer.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": b64encode(os.urandom(16)).decode(),
            **headers_of(self._signer, STREAM),
        }
        head = (f"GET {STREAM} HTTP/1.1", *(f"{name}: {value}" for name, value in lines.items()), "", "")
        transport.write("\r\n".join(head).encode())

    def data_received(self, data: bytes) -> None:
        self.last = data
        if not self.answered.done():
            self._head += data
            head, found, rest = self._head.partition(b"\r\n\r\n")
            if not found:
                return
            self.answered.set_result(int(head.split(b" ", 2)[1]))
            self._head = b""
            self._transport.write(_text({"type": "follow", "channel": self._channel, "begin": "latest"}))
            data = rest
        else:
            # Whoever is pinged answers, and nobody minds an answer too many.
            self._transport.write(_PONG)
        self.messages += data.count(_MESSAGE)
        if _FOLLOWING in data:
            self.follows.set()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's own
        self.is_open = False
        if not self.answered.done():
            self.answered.set_result(0)

    def close(self) -> None:
        self._transport.abort()


def _text(frame: dict[str, str]) -> bytes:
    text = json.dumps(frame, separators=(",", ":")).encode()
    assert len(text) < 126, "a longer one is framed otherwise"
    return bytes([0x81, 0x80 | len(text)]) + _MASK_OF_ZEROS + text
