"""The writing side of a connection that belongs to a stream."""

import asyncio
from typing import Final

NO_SOCKET: Final = -1


class Outlet:
    __slots__ = ("_is_closing", "_number", "_waiting_bytes", "write")

    def __init__(self, transport: asyncio.Transport) -> None:
        self.write = transport.write
        self._is_closing = transport.is_closing
        self._waiting_bytes = transport.get_write_buffer_size
        plain = None if transport.get_extra_info("sslcontext") else transport.get_extra_info("socket")
        self._number: int = NO_SOCKET if plain is None else plain.fileno()

    def socket(self) -> int:
        """Return the number of the socket where it may be written to past the transport now, or NO_SOCKET.

        The number is another connection's as soon as this one is closed, so it is not kept.
        """
        return NO_SOCKET if self._is_closing() or self._waiting_bytes() else self._number
