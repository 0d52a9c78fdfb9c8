"""A stream over a WebSocket: who it is, what it follows, and how it ends."""

import asyncio
import logging
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha1
from time import monotonic
from typing import Annotated, Final, TypeAlias, cast

from aiohttp import EofStream, WSMsgType, hdrs
from aiohttp._websocket.models import WebSocketError
from aiohttp._websocket.reader import WebSocketReader
from pydantic import Field, TypeAdapter, ValidationError

from backend.errors import InvalidRequest, NotProven, RequestError, ServiceError, UpgradeRequired
from backend.web.exchange import REQUEST_ID, Exchange
from backend.web.reply import Headers
from backend.web.sender import Sender
from backend.web.server import Connection
from bridge.gate.principal import Principal
from bridge.gate.signed.naming import name_of
from bridge.gate.signed.spoken import Speaker
from bridge.realtime import items
from bridge.realtime.bucket import Bucket
from bridge.realtime.desk import Desk
from bridge.realtime.followers import SessionFollower
from bridge.realtime.following import Following, new_stream_id
from bridge.realtime.forms import FRAMES
from bridge.realtime.frames import PING, close_frame, pong_frame
from bridge.realtime.schemas import Extend, Follow, Hello, Leave, Ping
from bridge.realtime.seals import Sealer
from bridge.realtime.stream import Stream
from bridge.realtime.transports.ending import bye_code, close_code, cut_later
from bridge.realtime.transports.inbox import Frame, Inbox, OverfullError
from bridge.realtime.transports.outlet import Outlet
from bridge.wall_clock import now_milliseconds

FRAME_LIMIT_BYTES: Final = 64 * 1024
# The reader of frames refuses from here on.
_TOO_LONG_BYTES: Final = FRAME_LIMIT_BYTES + 1
# What a client may say at once and each second; who says more is at fault.
SAID_AT_ONCE: Final = 200
SAID_A_SECOND: Final = 20
PATH: Final = "/v1/stream"
TRANSPORT: Final = "websocket"
# RFC 6455, 1.3.
_ACCEPT: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES: Final = 16
CLOSED_WELL: Final = 1000

_TOO_MUCH: Final = "This client says more than it may."
_NO_FRAME: Final = "A frame is a text of UTF-8 of at most 64 KiB, framed as RFC 6455 has it."

_log = logging.getLogger(__name__)

Said: TypeAlias = Hello | Follow | Leave | Extend | Ping
_SAID: Final[TypeAdapter[Said]] = TypeAdapter(Annotated[Said, Field(discriminator="type")])


def accepted(sender: Sender) -> str:
    """Return what the upgrade is accepted with; UpgradeRequired where it is none."""
    key = sender.only(hdrs.SEC_WEBSOCKET_KEY) or ""
    wants = {word.strip().lower() for word in (sender.only(hdrs.CONNECTION) or "").split(",")}
    is_upgrade = (sender.only(hdrs.UPGRADE) or "").lower() == "websocket" and "upgrade" in wants
    if not is_upgrade or sender.only(hdrs.SEC_WEBSOCKET_VERSION) != "13" or not _is_key(key):
        raise UpgradeRequired("This address is for WebSockets of version 13.")
    # RFC 6455 names SHA-1; it protects nothing here.
    return b64encode(sha1(key.encode() + _ACCEPT, usedforsecurity=False).digest()).decode()


class WebSocketStream(Outlet):
    """Both ends of it: written to by whatever the channels tell, and heard as its frames come.

    Thousands of them are open and say nothing, so it keeps little: nothing of its request, and no task that waits.
    """

    __slots__ = (
        "_accept",
        "_beaten_at",
        "_connection",
        "_desk",
        "_following",
        "_heard_at",
        "_hearing",
        "_inbox",
        "_is_closed",
        "_may_say",
        "_opened_by",
        "_principal",
        "_reader",
        "_request_id",
        "_sender",
    )

    def __init__(
        self, desk: Desk, sender: Sender, accept: str, principal: Principal | None, *, opened_by: str | None
    ) -> None:
        self._desk = desk
        self._sender = Speaker.of(sender)
        self._accept = accept
        self._principal = principal
        # None where nothing is sealed, or where the first frame says it.
        self._opened_by = opened_by
        self._following: Following | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._is_closed = False
        self._heard_at = self._beaten_at = monotonic()
        self._may_say = Bucket(at_once=SAID_AT_ONCE, a_second=SAID_A_SECOND)

    def begin(self, exchange: Exchange) -> Headers:
        """Read frames from here on."""
        super().__init__(cast("asyncio.Transport", exchange.transport))
        self._request_id = exchange.request_id
        self._connection = connection = cast("Connection", exchange.protocol)
        self._inbox = Inbox(connection)
        self._reader = WebSocketReader(self._inbox, _TOO_LONG_BYTES, compress=False, decode_text=True)
        connection.keep_alive(False)
        connection.set_parser(self._reader)
        connection.take_over(self)
        return ((hdrs.UPGRADE, "websocket"), (hdrs.CONNECTION, "Upgrade"), (hdrs.SEC_WEBSOCKET_ACCEPT, self._accept))

    async def serve(self) -> None:
        """Have it said who it is; from then on the stream has the connection for itself."""
        self._desk.meter.open[TRANSPORT] += 1
        is_open = False
        try:
            principal = self._principal or await self._introduced()
            if principal is not None:
                self._opened(principal)
                is_open = True
        except (EofStream, ConnectionError):
            pass  # the other side has gone
        except (WebSocketError, OverfullError) as error:
            self._part(_fault(error))
        finally:
            if not is_open:
                self._close()
        if is_open:
            # Said in the head, and in the welcome.
            self._accept, self._principal, self._opened_by = "", None, None
            self._connection.leave_to(self)
            self._listen()

    # Of the connection.

    def hold(self) -> None:
        if self._following is not None:
            self._following.stream.hold()

    def go_on(self) -> None:
        if self._following is not None:
            self._following.stream.go_on()

    def received(self, data: bytes) -> None:
        self._reader.feed_data(data)
        self._listen()

    def lost(self) -> None:
        if self._following is None:
            return  # whoever waits for the first frame is told by the end of what comes
        self._following.stream.is_over = True
        if self._hearing is None:
            self._close()
        else:
            self._hearing.cancel()

    # Of the stream.

    def end(self, code: str, last: bytes) -> None:
        self.write(last + close_frame(close_code(code), code))
        cut_later(self._transport, self._desk.timing.taken_seconds)

    def beat(self, now: float) -> None:
        """Ask whether anybody is there; cut a line on which nobody said anything for too long."""
        timing, following = self._desk.timing, self._following
        if now - self._heard_at > timing.silence_seconds:
            self._transport.abort()
        elif now - self._beaten_at >= timing.ping_seconds:
            self._beaten_at = now
            if following is not None and not following.stream.is_held and not following.stream.is_over:
                self.write(PING)

    def _listen(self) -> None:
        """Hear what came, unless somebody is at it; a task is made only for what has to wait for something.

        All are pinged at about the same time: a task for each answer would be thousands at once.
        """
        if self._hearing is None and not self._is_closed:
            with self._boundary():
                said = self._hear_up_to_waiting()
                if said is not None:
                    self._hearing = asyncio.create_task(self._hear(said))

    async def _hear(self, said: Follow | Extend | None) -> None:
        REQUEST_ID.set(self._request_id)
        try:
            with self._boundary():
                while said is not None:
                    await self._do(said)
                    said = self._hear_up_to_waiting()
        finally:
            self._hearing = None

    @contextmanager
    def _boundary(self) -> Iterator[None]:
        """Leave the connection for whatever comes out of hearing: no request has a boundary around this any more."""
        goes_on = False
        try:
            yield
            goes_on = True
        except (EofStream, ConnectionError):
            pass  # the other side has gone
        except (WebSocketError, OverfullError) as error:
            self._part(_fault(error))
        except Exception:  # noqa: BLE001 -- the boundary of a stream
            _log.exception("a stream ended in an unexpected error")
        finally:
            if not goes_on:
                self._close()

    def _close(self) -> None:
        """Leave the connection, which ends with what was written."""
        if self._is_closed:
            return
        self._is_closed = True
        self._desk.meter.open[TRANSPORT] -= 1
        if self._following is not None:
            self._desk.closed(self._following)
        self._transport.close()
        cut_later(self._transport, self._desk.timing.taken_seconds)

    async def _introduced(self) -> Principal | None:
        """Return who it is by the first frame, or None after saying why that is nobody."""
        try:
            async with asyncio.timeout(self._desk.timing.hello_seconds):
                said = self._said(await self._inbox.next())
                while said is None:
                    said = self._said(await self._inbox.next())
            if not isinstance(said, Hello):
                raise NotProven
            principal = await self._desk.admitted(self._sender, PATH, said)
            self._desk.check_room()
            self._opened_by = None if self._sender.by_https else name_of(said.signature)
        except TimeoutError:
            self._part(NotProven())
        except (RequestError, ServiceError) as error:
            self._part(error)
        else:
            return principal
        return None

    def _opened(self, principal: Principal) -> None:
        desk, stream_id = self._desk, new_stream_id()
        is_sealed = self._opened_by is not None
        sealer = None if self._opened_by is None else Sealer(desk.stream_key(principal), stream_id, self._opened_by)
        stream = Stream(self, FRAMES, sealer, desk.meter, desk.hub.post)
        follower = SessionFollower(principal, desk.gatehouse, self._sender.address)
        following = self._following = Following(desk, stream, follower, stream_id)
        left = following.expires_in_seconds
        stream.say(
            items.welcome(stream_id, is_sealed=is_sealed, expires_in_seconds=left, now_milliseconds=now_milliseconds())
        )
        # From here on it may be ended, which is said after the welcome.
        desk.opened(following, self)

    def _hear_up_to_waiting(self) -> Follow | Extend | None:
        """Do what was said up to something for which others have to be waited for; return that, if it comes."""
        following = cast("Following", self._following)
        while (frame := self._inbox.take()) is not None:
            try:
                said = self._said(frame)
                if said is None or following.stream.is_over:
                    continue
                if isinstance(said, Follow | Extend):
                    return said
                self._do_now(following, said)
            except (RequestError, ServiceError) as error:
                self._part(error)
        return None

    def _said(self, message: Frame) -> Said | None:
        """Return what the client says; None for what only shows that it is there. EofStream where it leaves."""
        self._heard_at = monotonic()
        stream = None if self._following is None else self._following.stream
        if message.type is WSMsgType.CLOSE:
            if stream is None or not stream.is_over:
                self.write(close_frame(CLOSED_WELL, ""))
            raise EofStream
        if stream is not None and stream.is_over:
            return None
        if not self._may_say.take():
            raise InvalidRequest(_TOO_MUCH)
        if message.type is WSMsgType.PING and (stream is None or not stream.is_held):
            self.write(pong_frame(cast("bytes", message.data)))
        if message.type in {WSMsgType.PING, WSMsgType.PONG}:
            return None
        return self._read(message)

    def _do_now(self, following: Following, said: Hello | Leave | Ping) -> None:
        if isinstance(said, Leave):
            following.leave(said.channel)
        elif isinstance(said, Ping):
            following.stream.say(items.pong(now_milliseconds()))
        else:
            raise InvalidRequest("Who this is was said already.")

    async def _do(self, said: Follow | Extend) -> None:
        following = cast("Following", self._following)
        try:
            if isinstance(said, Follow):
                await following.follow(said.channel, said.begin)
            else:
                target = f"/v1/streams/{following.id}/extend"
                following.extend(await self._desk.admitted(self._sender, target, said))
                following.stream.say(items.extended(following.expires_in_seconds))
        except (RequestError, ServiceError) as error:
            self._part(error)

    def _read(self, message: Frame) -> Said:
        if message.type is not WSMsgType.TEXT:
            raise InvalidRequest("Frames are texts.")
        try:
            return _SAID.validate_json(cast("str", message.data), strict=True, extra="forbid")
        except ValidationError:
            raise InvalidRequest("A frame is one of those that a client sends, as JSON.") from None

    def _part(self, error: RequestError | ServiceError) -> None:
        """End it for an error; there may be no stream yet."""
        stream = Stream(self, FRAMES, None, self._desk.meter) if self._following is None else self._following.stream
        code, seconds = bye_code(error)
        stream.end(code, error.sentence, retry_after_seconds=seconds)


def _fault(error: WebSocketError | OverfullError) -> InvalidRequest:
    return InvalidRequest(_TOO_MUCH if isinstance(error, OverfullError) else _NO_FRAME)


def _is_key(text: str) -> bool:
    try:
        return len(b64decode(text, validate=True)) == _KEY_BYTES
    except (Base64Error, ValueError):
        return False
