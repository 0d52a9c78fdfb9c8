"""Waits for what happens in its own time."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable

from tests.integration.web.wire import PATIENCE_SECONDS


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Return as soon as the condition holds; TimeoutError if it never does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await _holds(condition()):  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.02)


async def _holds(found: bool | Awaitable[bool]) -> bool:  # noqa: FBT001 - what the condition gave
    return await found if inspect.isawaitable(found) else bool(found)
