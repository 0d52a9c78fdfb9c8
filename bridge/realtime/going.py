"""Work in the background that never ends: a mistake of ours in it must not end it in silence."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)


def _nothing() -> None:
    return


async def keep_going(
    work: Callable[[], Awaitable[None]], *, pause_seconds: float, failed: Callable[[], None] = _nothing
) -> None:
    """Do it until cancelled; where it fails say so, have done what is safe then, and begin anew."""
    while True:
        try:
            await work()
        except Exception:  # noqa: BLE001 -- the boundary of work in the background
            _log.exception("what looks after channels has failed, and begins anew")
            failed()
        await asyncio.sleep(pause_seconds)
