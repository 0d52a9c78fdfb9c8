"""Reads what somebody who follows a channel is given, some of it at a time."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

from bridge.client import Client, Coalesced, Event, Live, Message, Reset, Stale


class Reading:
    def __init__(self, events: Any) -> None:
        self._events = events
        self.seen: list[Event] = []

    async def next(self, kind: type[Event] = Message) -> Any:
        """Return the next event of this kind; what came before it is among `seen`."""
        async for event in self._events:
            self.seen.append(event)
            if isinstance(event, kind):
                return event
        raise EOFError

    async def data(self, count: int) -> list[Any]:
        """Return the data of the next messages."""
        return [(await self.next()).data for _ in range(count)]

    @property
    def told(self) -> list[str]:
        """What was told, in short."""
        return [_short(event) for event in self.seen]


def _short(event: Event) -> str:
    match event:
        case Message(data=data):
            return f"message {data}"
        case Reset(reason=reason):
            return f"reset {reason}"
        case Coalesced(offsets=offsets):
            return f"coalesced {', '.join(map(str, offsets))}"
        case Stale():
            return "stale"
        case Live():
            return "live"


@asynccontextmanager
async def following(client: Client, channel: str, **how: Any) -> AsyncIterator[Reading]:
    """Follow a channel, and leave it at the end."""
    async with aclosing(client.follow(channel, **how)) as events:
        yield Reading(events)


@asynccontextmanager
async def following_live(client: Client, channel: str, **how: Any) -> AsyncIterator[Reading]:
    """The same, once it has begun."""
    async with following(client, channel, **how) as reading:
        await reading.next(Live)
        yield reading
