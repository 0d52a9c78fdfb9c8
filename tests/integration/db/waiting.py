"""Wait for a condition instead of for a time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

WAIT_SECONDS = 20.0
_LOOK_SECONDS = 0.005


async def until(true: Callable[[], object]) -> None:
    async def ask() -> object:
        return true()

    await until_asked(ask, bool)


async def until_asked(ask: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
    """Ask until the answer is good; return it."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not good(answer := await ask()):  # noqa: ASYNC110 -- what changes lies in a database, it sets no event
            await asyncio.sleep(_LOOK_SECONDS)
        return answer
