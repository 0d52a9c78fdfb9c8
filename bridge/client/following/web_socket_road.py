"""Channels over one WebSocket, which all of them share."""

import asyncio
import json
from typing import Final

from bridge.client.answers import Answer
from bridge.client.doing import Upgraded
from bridge.client.errors import ClientError
from bridge.client.following.events import Message
from bridge.client.following.followed import Followed
from bridge.client.following.items import Bye, Extended, OfChannel
from bridge.client.following.position import Step
from bridge.client.following.road import MOST_ON_A_STREAM, Ended, first_of
from bridge.client.following.socket import Socket
from bridge.client.following.stream import Sized, Stream, Streams
from bridge.client.following.table import Table
from bridge.client.following.upgrading import Upgrading
from bridge.client.following.wire import FrameOut, Wire
from bridge.client.session import Session
from bridge.client.session_keeper import SessionKeeper
from bridge.client.signing import SignedHead, reading
from bridge.client.transport import Transport

STREAM_PATH: Final = "/v1/stream"


class WebSocketRoad:
    most_channels = MOST_ON_A_STREAM

    def __init__(self, transport: Transport, keeper: SessionKeeper) -> None:
        self._transport = transport
        self._keeper = keeper
        self._upgrading = Upgrading(keeper)
        self._streams = Streams(is_tls=transport.address.is_tls)

    async def carry(self, table: Table) -> None:
        """Carry what is said of these channels until there are none; see Road."""
        async with Socket(self._transport) as socket:
            upgraded = await self._upgraded(socket)
            stream, first = await self._streams.begun(socket.receive, upgraded)
            await _Carrying(self._keeper, socket, stream, upgraded.session, table).until_done(first)

    def failure(self, seconds: float) -> ClientError | None:
        """Return why no stream was opened so far."""
        return self._upgrading.failure(seconds)

    async def _upgraded(self, socket: Socket) -> Upgraded:
        request = reading(STREAM_PATH)

        async def send(head: SignedHead) -> Answer:
            return await socket.upgrade(request, head)

        return await self._upgrading.opened(request, send)


class _Carrying:
    """One WebSocket, from its welcome to its end."""

    def __init__(self, keeper: SessionKeeper, socket: Socket, stream: Stream, session: Session, table: Table) -> None:
        self._keeper = keeper
        self._socket = socket
        self._stream = stream
        self._session = session
        self._table = table
        self._wire = Wire()
        # Who is asked for on this socket.
        self._asked: dict[str, Followed] = {}
        self._may_send = asyncio.Event()
        self._is_extended = asyncio.Event()
        self._delayed: set[asyncio.TimerHandle] = set()

    async def until_done(self, first: list[Sized]) -> None:
        try:
            await first_of(self._reading(first), self._watching(), self._sending(), self._extending())
        finally:
            for handle in self._delayed:
                handle.cancel()

    async def _reading(self, items: list[Sized]) -> None:
        while True:
            for item, size in items:
                match item:
                    case Bye():
                        raise Ended(item, self._session)
                    case Extended():
                        self._is_extended.set()
                    case _ if isinstance(item, OfChannel):
                        await self._take(item, size)
            items = await self._stream.items()

    async def _take(self, item: OfChannel, size: int) -> None:
        followed = self._asked.get(item.channel)
        if not self._wire.is_meant(item) or followed is None:
            return
        step = await followed.take(item, size)
        if step is Step.USE and isinstance(item, Message):
            self._table.used += 1
        if step is not Step.ANEW or not self._table.has(followed):
            return
        self._wire.hold(item.channel)
        if followed.anew_in_seconds == 0:
            self._ask(followed)
        else:
            loop = asyncio.get_running_loop()
            self._delayed.add(loop.call_later(followed.anew_in_seconds, self._ask, followed))

    def _ask(self, followed: Followed) -> None:
        if self._table.has(followed):
            self._asked[followed.channel] = followed
            self._wire.follow(followed.channel, followed.position.begin)
            self._may_send.set()

    async def _watching(self) -> None:
        """Ask for who is new and leave who is gone; return when nobody is left."""
        while len(self._table):
            self._table.changed.clear()
            for gone in [each for each in self._asked.values() if not self._table.has(each)]:
                del self._asked[gone.channel]
                self._wire.leave(gone.channel)
                self._may_send.set()
            for each in self._table:
                if each.channel not in self._asked:
                    self._ask(each)
            await self._table.changed.wait()

    async def _sending(self) -> None:
        while True:
            while self._wire.out:
                await self._send(self._wire.out.popleft())
            self._may_send.clear()
            await self._may_send.wait()

    async def _extending(self) -> None:
        """Have the next session take the stream over, each time before the last one ends."""
        while True:
            await asyncio.sleep(self._session.renewed_in_seconds)
            self._session = await self._keeper.after(self._session)
            head = self._session.sign(reading(f"/v1/streams/{self._stream.id}/extend")).headers
            self._stream.expect(self._session.stream_key)
            self._is_extended.clear()
            await self._send(
                {
                    "type": "extend",
                    "content_digest": head["Content-Digest"],
                    "signature_input": head["Signature-Input"],
                    "signature": head["Signature"],
                }
            )
            await self._is_extended.wait()

    async def _send(self, frame: FrameOut) -> None:
        await self._socket.send(json.dumps(frame, separators=(",", ":")))
