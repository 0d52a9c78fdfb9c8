"""The socket pair between the supervisor and one worker, as a stream of messages."""

import asyncio
import socket
from typing import Final

from bridge.worker.messages import LINE_LIMIT_BYTES, Message, NotUnderstood, decode, encode

# The other side has stopped reading when this much waits for it; more would only fill the memory.
UNREAD_LIMIT_BYTES: Final = 2 * LINE_LIMIT_BYTES


class Channel:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def over(cls, end: socket.socket) -> "Channel":
        reader, writer = await asyncio.open_unix_connection(sock=end, limit=LINE_LIMIT_BYTES)
        return cls(reader, writer)

    async def receive(self) -> Message | None:
        """Return the next message, or None when the other side has ended."""
        try:
            line = await self._reader.readline()
        except ValueError as error:
            raise NotUnderstood(f"a message is longer than {LINE_LIMIT_BYTES} bytes") from error
        except ConnectionError:
            return None
        # A line without its end was cut off by the death of the other side.
        return decode(line) if line.endswith(b"\n") else None

    def send(self, message: Message) -> None:
        """Queue a message; one for a side that has ended, or no longer reads, is dropped."""
        transport = self._writer.transport
        if not transport.is_closing() and transport.get_write_buffer_size() < UNREAD_LIMIT_BYTES:
            self._writer.write(encode(message))

    async def close(self) -> None:
        """Send what is queued, then close."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return
