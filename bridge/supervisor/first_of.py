"""Wait for whichever comes first."""

import asyncio
from typing import Any


async def first_of(*events: "asyncio.Future[Any]", limit_seconds: float | None = None) -> None:
    """Return when one has come or failed, or at the limit; cancel none of them."""
    await asyncio.wait(events, timeout=limit_seconds, return_when=asyncio.FIRST_COMPLETED)
