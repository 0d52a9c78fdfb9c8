"""Both engines of channels, built by one factory, with somebody who listens."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from bridge.breakers.breaker import Breaker
from bridge.realtime.cursor import Cursor
from bridge.realtime.engines.engine import Engine, Published
from bridge.realtime.engines.memory import MemoryEngine
from bridge.realtime.engines.redis import RedisEngine
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.message import Message, NewMessage
from bridge.redis_address import parse
from tests.integration.web.waiting import until

Kind = Literal["memory", "redis"]
ENGINES: tuple[Kind, ...] = ("memory", "redis")
LIMITS = HistoryLimits()
# A machine with other work is slow at times; how soon an engine gives up has tests of its own.
PATIENT_SECONDS = 5.0


class Ears:
    """Writes down what it is told, in order."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.told: list[str] = []

    def arrived(self, message: Message) -> None:
        self.heard.append(message)

    def lost(self) -> None:
        self.told.append("lost")

    def found(self) -> None:
        self.told.append("found")

    async def have_heard(self, count: int) -> list[Message]:
        await until(lambda: len(self.heard) >= count)
        return self.heard


@dataclass(slots=True)
class EngineHouse:
    kind: Kind
    engine: Engine
    bridge_id: bytes
    ears: Ears = field(default_factory=Ears)

    async def say(
        self, data: bytes, *, channel: str = "a", key: str | None = None, once: str | None = None
    ) -> Published:
        return await self.engine.publish(channel, NewMessage(data, key, once))

    async def kept(self, channel: str = "a", after: Cursor | None = None) -> list[bytes]:
        return [message.data for message in (await self.engine.read(channel, after)).messages]

    async def top(self, channel: str = "a") -> Cursor:
        return (await self.engine.read(channel)).top

    async def state(self, channel: str = "a") -> dict[str | None, bytes]:
        return {message.key: message.data for message in (await self.engine.state(channel)).entries}


@asynccontextmanager
async def engine_house(
    kind: Kind,
    url: str,
    *,
    limits: HistoryLimits = LIMITS,
    bridge_id: bytes | None = None,
    give_up_seconds: float = PATIENT_SECONDS,
    open_seconds: float = 0.2,
    ping_seconds: float = 2.0,
) -> AsyncIterator[EngineHouse]:
    """Build an engine; each has a server's part of its own, as every house has another bridge."""
    bridge_id = bridge_id or os.urandom(16)
    engine: Engine
    if kind == "memory":
        engine = MemoryEngine(limits)
    else:
        engine = RedisEngine(
            parse(url),
            limits,
            bridge_id=bridge_id,
            breaker=Breaker("redis_channels", open_seconds=open_seconds),
            give_up_seconds=give_up_seconds,
            ping_seconds=ping_seconds,
        )
    house = EngineHouse(kind, engine, bridge_id)
    try:
        await engine.start(house.ears)
        yield house
    finally:
        await engine.close()
