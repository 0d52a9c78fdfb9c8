"""Which engine of channels this bridge has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from backend.errors import SettingsError
from bridge.breakers.breakers import Breakers
from bridge.realtime.engines.engine import Engine
from bridge.realtime.engines.memory import MemoryEngine
from bridge.realtime.engines.redis import OPEN_SECONDS, RedisEngine
from bridge.realtime.limits import HistoryLimits
from bridge.redis_address import parse
from bridge.settings import Settings

# All that a channel keeps is a megabyte: it takes longer than what the gate asks, and nobody's request hangs on it.
LEAST_GIVE_UP_SECONDS: Final = 0.5


@asynccontextmanager
async def opened_engine(
    settings: Settings, breakers: Breakers, bridge_id: bytes, limits: HistoryLimits
) -> AsyncIterator[Engine]:
    """Give the engine, to be started with whoever listens; it is closed at the end."""
    engine = _made(settings, breakers, bridge_id, limits)
    try:
        yield engine
    finally:
        await engine.close()


def _made(settings: Settings, breakers: Breakers, bridge_id: bytes, limits: HistoryLimits) -> Engine:
    if settings.realtime_engine == "memory":
        return MemoryEngine(limits)
    if settings.redis_url is None:
        raise SettingsError("realtime_engine is redis and redis_url is not set.")
    return RedisEngine(
        parse(settings.redis_url.reveal()),
        limits,
        bridge_id=bridge_id,
        breaker=breakers.made("redis_channels", open_seconds=OPEN_SECONDS),
        give_up_seconds=max(settings.redis_give_up_seconds, LEAST_GIVE_UP_SECONDS),
    )
