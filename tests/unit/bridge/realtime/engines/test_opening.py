"""Which engine the settings ask for."""

from dataclasses import replace
from pathlib import Path

import pytest

from backend.errors import SettingsError
from backend.secret import Secret
from bridge.breakers.breakers import Breakers
from bridge.realtime.engines.memory import MemoryEngine
from bridge.realtime.engines.opening import opened_engine
from bridge.realtime.engines.redis import RedisEngine
from bridge.realtime.limits import HistoryLimits
from bridge.settings import Settings

SETTINGS = Settings(data_dir=Path("/srv"))
ON_REDIS = replace(SETTINGS, realtime_engine="redis", redis_url=Secret("redis://127.0.0.1:1"))


async def test_channels_are_in_memory_unless_something_else_is_said() -> None:
    breakers = Breakers()
    async with opened_engine(SETTINGS, breakers, b"bridge", HistoryLimits()) as engine:
        assert isinstance(engine, MemoryEngine)
    assert [] == list(breakers.checks())


async def test_the_server_of_channels_has_a_breaker_of_its_own_that_can_be_seen() -> None:
    breakers = Breakers()
    async with opened_engine(ON_REDIS, breakers, b"bridge", HistoryLimits()) as engine:
        assert isinstance(engine, RedisEngine)
    assert ["redis_channels"] == [each.name for each in breakers.checks()]


async def test_a_server_that_is_not_named_is_refused() -> None:
    with pytest.raises(SettingsError, match="redis_url"):
        async with opened_engine(replace(ON_REDIS, redis_url=None), Breakers(), b"bridge", HistoryLimits()):
            pass
