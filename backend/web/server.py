"""Our place in aiohttp's server: the limits of HTTP itself, the boundary, and the line for every answer."""

import asyncio
from collections import deque
from contextlib import suppress
from typing import Any, Final, Protocol, cast

from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage, LineTooLong

from backend.errors import HeadersTooLarge, InternalError, InvalidRequest
from backend.web.caller_address import CallerAddress
from backend.web.exchange import Exchange, Observe
from backend.web.keys import ADDRESSES, BOUNDARY, OBSERVE, UNPROVEN
from backend.web.reply import problem_reply
from backend.web.unproven import Unproven

# A connection is closed when no whole request came for so long: idle ones, and those that never end their headers.
KEEP_ALIVE_SECONDS: Final = 75
# What is still sent after an answer is read and dropped for so long; closed at once, the caller might lose the answer.
LINGER_SECONDS: Final = 2
# Holds for the address and for the value of one header.
LINE_LIMIT_BYTES: Final = 8190
HEADERS_LIMIT: Final = 64
# The parser has no class of its own for it.
_TOO_MANY: Final = "Too many headers received"


class OnLine(Protocol):
    """A stream that has a connection for itself."""

    def hold(self) -> None:
        """Write nothing more for now: the other side does not take it."""
        ...

    def go_on(self) -> None: ...

    def lost(self) -> None:
        """The connection has ended."""
        ...


class Hearing(OnLine, Protocol):
    """One that reads what comes, too, so that the server has no part in the connection any more."""

    def received(self, data: bytes) -> None: ...


# Of a connection that has no requests any more.
_NO_REQUESTS: Final[deque[Any]] = deque(maxlen=0)


class Connection(web.RequestHandler):
    """One client's connection; also answers what was no HTTP at all."""

    __slots__ = ("_gone", "_heard_by", "_network", "_observe", "_room", "_taken_by")

    def __init__(self, listener: "Listener", observe: Observe, room: "Room") -> None:
        super().__init__(
            listener,
            loop=asyncio.get_running_loop(),
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            lingering_time=LINGER_SECONDS,
            max_line_size=LINE_LIMIT_BYTES,
            max_field_size=LINE_LIMIT_BYTES,
            max_headers=HEADERS_LIMIT,
            auto_decompress=False,
            # Its formatting costs a third of the requests a second.
            access_log=None,  # type: ignore[arg-type]
        )
        self._observe = observe
        self._room = room
        # What it is counted under, while it is.
        self._network: str | None = None
        self._taken_by: OnLine | None = None
        self._heard_by: Hearing | None = None
        # There is one only while somebody waits for it.
        self._gone: asyncio.Future[None] | None = None

    def take_over(self, stream: "OnLine") -> None:
        """Have a stream told from now on how the connection fares."""
        self._taken_by = stream

    def leave_to(self, stream: "Hearing") -> None:
        """Let a stream have it for good: nothing is kept of the request that it came by, nor a task that waits.

        Called while that request is still answered; its answer is over then, and the connection is not closed for it.
        What came until then went to the parser that the stream had set, by which aiohttp knows of the upgrade.
        """
        self._heard_by = self._taken_by = stream
        # By this the server's own task ends and leaves the connection open; what it reads comes to `data_received`.
        self._force_close = True
        self._task_handler = self._parser = self._payload_parser = None
        self._messages = _NO_REQUESTS

    def data_received(self, data: bytes) -> None:
        if self._heard_by is None:
            super().data_received(data)
        else:
            self._heard_by.received(data)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._taken_by is not None:
            self._taken_by.hold()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._taken_by is not None:
            self._taken_by.go_on()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Serve it, or close it at once where there are too many: nothing was read of it yet."""
        self._network = self._room.enter(transport)
        if self._network is None:
            cast("asyncio.Transport", transport).abort()
            return
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        # One that was not let in is not known to anybody.
        network, self._network = self._network, None
        if network is not None:
            self._room.leave(network)
            super().connection_lost(exc)
        if self._taken_by is not None:
            self._taken_by.lost()
        if self._gone is not None and not self._gone.done():
            self._gone.set_result(None)

    async def shutdown(self, timeout: float | None = 15.0) -> None:  # noqa: ASYNC109 - aiohttp's own
        """Give a stream that has the connection the time that aiohttp gives what is still answered."""
        if self._heard_by is not None and self.transport is not None:
            self._gone = self._loop.create_future()
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._gone
        await super().shutdown(timeout)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it repeats what was sent
    ) -> web.StreamResponse:
        """Answer a request that could not be read, with nothing of it in the answer or in the log."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer had begun")
        reply = problem_reply(cast("Exchange", request), _parse_error(status, exc))
        reply.force_close()
        return cast("web.StreamResponse", reply)

    def close(self) -> None:
        """End after what was begun; aiohttp leaves a connection that is idle open until its limit for a shutdown."""
        super().close()
        is_idle = not self._request_in_progress and not self._messages and self._heard_by is None
        if is_idle and self.transport is not None:
            self.transport.close()

    def log_access(self, request: web.BaseRequest, response: web.StreamResponse, time: float | None) -> None:  # noqa: ARG002
        self._observe(cast("Exchange", request), response.status, response.body_length)


class Room:
    """Who may have how many connections of this process."""

    def __init__(self, unproven: Unproven, addresses: CallerAddress) -> None:
        self._unproven = unproven
        self._addresses = addresses
        self.leave = unproven.left

    def enter(self, transport: asyncio.BaseTransport) -> str | None:
        name = transport.get_extra_info("peername")
        peer = str(name[0]) if name else None
        return self._unproven.let_in(peer, is_proxy=self._addresses.is_proxy(peer))


class Listener(web.Server):
    """Makes the connections of one process."""

    def __init__(self, app: web.Application) -> None:
        super().__init__(app[BOUNDARY].handle, request_factory=Exchange)
        self._observe = app[OBSERVE]
        self._room = Room(app[UNPROVEN], app[ADDRESSES])

    def __call__(self) -> Connection:
        return Connection(self, self._observe, self._room)


class Runner(web.AppRunner):
    """Starts and ends an application of `create_app`; the limits above are the server's only arguments."""

    def __init__(self, app: web.Application, *, shutdown_timeout: float = 60.0) -> None:
        super().__init__(app, shutdown_timeout=shutdown_timeout)

    async def _make_server(self) -> web.Server:
        await super()._make_server()  # starts the application up and freezes it
        return Listener(self.app)


def _parse_error(status: int, error: BaseException | None) -> HeadersTooLarge | InvalidRequest | InternalError:
    if isinstance(error, LineTooLong) or (isinstance(error, BadHttpMessage) and error.message == _TOO_MANY):
        return HeadersTooLarge(
            f"The address and each header may have {LINE_LIMIT_BYTES} bytes, and there may be {HEADERS_LIMIT} headers."
        )
    if status == InvalidRequest.status:
        return InvalidRequest("What came is not a well-formed HTTP/1.1 request.")
    return InternalError("Something went wrong here; the log tells more under this request_id.")
