"""Waits for what another process does, and for nothing else."""

import asyncio
from collections.abc import Awaitable, Callable

WAIT_SECONDS = 20.0
_LOOK_AGAIN_SECONDS = 0.002


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WAIT_SECONDS):
        while not await holds():  # noqa: ASYNC110 - there is no event between processes
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
