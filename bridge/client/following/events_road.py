"""Channels over one stream of server-sent events, for where a WebSocket does not get through."""

import asyncio
import uuid
from typing import Final

from bridge.client.answers import Answer
from bridge.client.doing import Upgraded
from bridge.client.errors import ClientError
from bridge.client.following.event_source import EventSource
from bridge.client.following.events import Message
from bridge.client.following.followed import Followed
from bridge.client.following.items import Bye, OfChannel
from bridge.client.following.position import Step
from bridge.client.following.road import MOST_IN_A_QUERY, Ended, first_of, wanted
from bridge.client.following.stream import Sized, Stream, Streams
from bridge.client.following.table import Table
from bridge.client.following.upgrading import Upgrading
from bridge.client.session import Session
from bridge.client.session_keeper import SessionKeeper
from bridge.client.signing import Request, SignedHead, reading
from bridge.client.transport import Lost, Transport

EVENTS_PATH: Final = "/v1/events"
EXTENDING_SECONDS: Final = 10.0
_OK: Final = 200


class EventsRoad:
    most_channels = MOST_IN_A_QUERY

    def __init__(self, transport: Transport, keeper: SessionKeeper) -> None:
        self._transport = transport
        self._keeper = keeper
        self._upgrading = Upgrading(keeper)
        self._streams = Streams(is_tls=transport.address.is_tls)

    async def carry(self, table: Table) -> None:
        """Carry what is said of these channels until there are none, over one stream after the other; see Road."""
        while len(table):
            asked = {each.channel: each for each in table}
            async with EventSource(self._transport) as source:
                upgraded = await self._opened(source, asked)
                stream, first = await self._streams.begun(source.receive, upgraded)
                carrying = _Carrying(self._transport, self._keeper, stream, upgraded.session, table=table, asked=asked)
                await carrying.until_done(first)

    def failure(self, seconds: float) -> ClientError | None:
        """Return why no stream was opened so far."""
        return self._upgrading.failure(seconds)

    async def _opened(self, source: EventSource, asked: dict[str, Followed]) -> Upgraded:
        request = reading(f"{EVENTS_PATH}?follow={wanted(asked.values())}")

        async def send(head: SignedHead) -> Answer:
            return await source.open(request, head)

        return await self._upgrading.opened(request, send)


class _Carrying:
    """One stream, whose channels are what they were when it was opened."""

    def __init__(
        self,
        transport: Transport,
        keeper: SessionKeeper,
        stream: Stream,
        session: Session,
        *,
        table: Table,
        asked: dict[str, Followed],
    ) -> None:
        self._session = session
        self._transport = transport
        self._keeper = keeper
        self._stream = stream
        self._table = table
        self._asked = asked
        # Those that are to be followed anew: what still comes of them is left.
        self._missing: set[str] = set()
        self._another = asyncio.Event()
        self._delayed: set[asyncio.TimerHandle] = set()

    async def until_done(self, first: list[Sized]) -> None:
        """Return where another stream is needed, or none any more."""
        try:
            await first_of(self._reading(first), self._watching(), self._extending(), self._waiting())
        finally:
            for handle in self._delayed:
                handle.cancel()

    async def _reading(self, items: list[Sized]) -> None:
        while True:
            for item, size in items:
                if isinstance(item, Bye):
                    raise Ended(item, self._session)
                if isinstance(item, OfChannel) and item.channel not in self._missing:
                    await self._take(item, size)
            items = await self._stream.items()

    async def _take(self, item: OfChannel, size: int) -> None:
        followed = self._asked.get(item.channel)
        if followed is None:
            return
        step = await followed.take(item, size)
        if step is Step.USE and isinstance(item, Message):
            self._table.used += 1
        if step is Step.ANEW:
            self._missing.add(item.channel)
            loop = asyncio.get_running_loop()
            self._delayed.add(loop.call_later(followed.anew_in_seconds, self._another.set))

    async def _watching(self) -> None:
        """Return where somebody is new, or nobody is left; whoever else is gone is no reason for another stream."""
        while len(self._table) and all(self._asked.get(each.channel) is each for each in self._table):
            self._table.changed.clear()
            await self._table.changed.wait()

    async def _waiting(self) -> None:
        await self._another.wait()

    async def _extending(self) -> None:
        """Have the next session take the stream over, each time before the last one ends."""
        while True:
            await asyncio.sleep(self._session.renewed_in_seconds)
            self._session = await self._keeper.after(self._session)
            self._stream.expect(self._session.stream_key)
            request = Request("POST", f"/v1/streams/{self._stream.id}/extend", b"", None, str(uuid.uuid4()))
            head = self._session.sign(request)
            answer = await self._transport.send(request, head.headers, seconds=EXTENDING_SECONDS)
            if answer.status != _OK or not self._session.is_proven(answer, head):
                raise Lost("the stream was not extended")
