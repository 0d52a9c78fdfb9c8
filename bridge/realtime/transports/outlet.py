"""The writing side of a connection that belongs to a stream."""

import asyncio
import socket
from typing import Final

NO_SOCKET: Final = -1
# The system would hold megabytes for somebody who does not read, and nobody would notice until then.
UNSENT_BYTES: Final = 64 * 1024
_OVER_TCP: Final = frozenset({socket.AF_INET, socket.AF_INET6})
# Not on Windows.
_LOW_WATER: Final[int | None] = getattr(socket, "TCP_NOTSENT_LOWAT", None)


class Outlet:
    __slots__ = ("_number", "_transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        plain = None if transport.get_extra_info("sslcontext") else transport.get_extra_info("socket")
        self._number: int = NO_SOCKET if plain is None else plain.fileno()
        if plain is not None and plain.family in _OVER_TCP and _LOW_WATER is not None:
            plain.setsockopt(socket.IPPROTO_TCP, _LOW_WATER, UNSENT_BYTES)

    def write(self, data: bytes, /) -> None:
        """Write it, unless the connection ends: uvloop takes it for a mistake to write to one that has ended."""
        if not self._transport.is_closing():
            self._transport.write(data)

    def socket(self) -> int:
        """Return the number of the socket where it may be written to past the transport now, or NO_SOCKET.

        The number is another connection's as soon as this one is closed, so it is not kept.
        """
        transport = self._transport
        return NO_SOCKET if transport.is_closing() or transport.get_write_buffer_size() else self._number
