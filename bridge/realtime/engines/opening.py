from contextlib import asynccontextmanager

from bridge.realtime.engines.memory import MemoryEngine


@asynccontextmanager
async def opened_engine(settings, breakers, bridge_id, limits):
    yield MemoryEngine(limits)
