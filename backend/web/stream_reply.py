"""An answer that goes on after its head: the connection belongs to a stream until that is over."""

from typing import Final, Protocol

from aiohttp import hdrs, web

from backend.web.exchange import Exchange
from backend.web.reply import Headers, Reply


class Streaming(Protocol):
    def begin(self, exchange: Exchange) -> Headers:
        """Take the connection over, before the head is written; return what the head has to say of it."""
        ...

    async def serve(self) -> None:
        """Write to the connection until the stream is over or the other side has gone.

        One that the connection was left to (`Connection.leave_to`) returns as soon as that is so, and goes on.
        """
        ...


class StreamReply(Reply):
    """Its head has no length: what follows ends with the connection."""

    __slots__ = ("_is_asked_for", "_stream")

    def __init__(self, status: int, stream: Streaming, *, content_type: str = "", headers: Headers = ()) -> None:
        super().__init__(status, headers=headers)
        self.content_type = content_type
        self.keep_alive = False
        self._stream = stream
        self._is_asked_for = True

    async def prepare(self, request: web.BaseRequest) -> None:
        """Write the head; a HEAD is told no more than that."""
        self._is_asked_for = request.method != hdrs.METH_HEAD
        await super().prepare(request)

    async def write_eof(self) -> None:
        """Let the stream have the connection until its end."""
        if self._is_asked_for:
            await self._stream.serve()

    def _framing(self, exchange: Exchange) -> bytes:  # noqa: ARG002 - as a whole answer is framed
        return b"" if _says_connection(self.headers) else _CLOSE


_CLOSE: Final = b"Connection: close\r\n"


def _says_connection(headers: Headers) -> bool:
    return any(name == hdrs.CONNECTION for name, _ in headers)
