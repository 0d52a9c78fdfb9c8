"""A stream of server-sent events."""

import asyncio
from time import monotonic
from typing import Final, cast

from aiohttp import hdrs

from backend.web.exchange import Exchange
from backend.web.reply import Headers
from backend.web.server import Connection
from bridge.realtime import items
from bridge.realtime.desk import Desk
from bridge.realtime.followers import Follower, SessionFollower
from bridge.realtime.following import Following, new_stream_id
from bridge.realtime.forms import EVENTS
from bridge.realtime.places import Wanted
from bridge.realtime.seals import Sealer
from bridge.realtime.stream import Stream
from bridge.realtime.transports.ending import cut_later
from bridge.realtime.transports.outlet import Outlet
from bridge.wall_clock import now_milliseconds

CONTENT_TYPE: Final = "text/event-stream"
TRANSPORT: Final = "events"
_COMMENT: Final = b":\n\n"


class EventStream:
    def __init__(self, desk: Desk, follower: Follower, wanted: Wanted, *, opened_by: str | None) -> None:
        self._desk = desk
        self._follower = follower
        self._wanted = wanted
        # None where nothing is sealed.
        self._opened_by = opened_by
        self._is_over = asyncio.Event()
        self._beaten_at = monotonic()
        self._following: Following | None = None

    def begin(self, exchange: Exchange) -> Headers:
        protocol = cast("Connection", exchange.protocol)
        self._transport = cast("asyncio.Transport", exchange.transport)
        outlet = Outlet(self._transport)
        self.write, self.socket = outlet.write, outlet.socket
        protocol.keep_alive(False)
        protocol.take_over(self)
        # A proxy that gathers what comes would hold every event back.
        return ((hdrs.CONNECTION, "close"), ("X-Accel-Buffering", "no"))

    async def serve(self) -> None:
        """Send what comes until one side ends it."""
        desk = self._desk
        desk.meter.open[TRANSPORT] += 1
        following = self._opened()
        try:
            for channel, begin in self._wanted:
                if following.stream.is_over:
                    break
                await following.follow(channel, begin)
            await self._is_over.wait()
        finally:
            desk.meter.open[TRANSPORT] -= 1
            desk.closed(following)
            cut_later(self._transport, desk.timing.taken_seconds)

    def hold(self) -> None:
        if self._following is not None:
            self._following.stream.hold()

    def go_on(self) -> None:
        if self._following is not None:
            self._following.stream.go_on()

    def lost(self) -> None:
        if self._following is not None:
            self._following.stream.is_over = True
        self._is_over.set()

    def end(self, code: str, last: bytes) -> None:  # noqa: ARG002 - the item says it
        self.write(last)
        self._is_over.set()

    def beat(self, now: float) -> None:
        """Show whoever reads that the line is there."""
        following = self._following
        if now - self._beaten_at < self._desk.timing.comment_seconds or following is None:
            return
        self._beaten_at = now
        if not following.stream.is_held and not following.stream.is_over:
            self.write(_COMMENT)

    def _opened(self) -> Following:
        desk, stream_id, sealer = self._desk, new_stream_id(), None
        if self._opened_by is not None and isinstance(self._follower, SessionFollower):
            sealer = Sealer(desk.stream_key(self._follower.principal), stream_id, self._opened_by)
        stream = Stream(self, EVENTS, sealer, desk.meter, desk.hub.post)
        following = self._following = Following(desk, stream, self._follower, stream_id)
        following.plan(self._wanted)
        left, is_sealed = following.expires_in_seconds, sealer is not None
        stream.say(
            items.welcome(stream_id, is_sealed=is_sealed, expires_in_seconds=left, now_milliseconds=now_milliseconds())
        )
        # From here on it may be ended, which is said after the welcome.
        desk.opened(following, self)
        return following
