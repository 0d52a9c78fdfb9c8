"""Tells of another key file: a process that is asked nothing would not look at it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final

from bridge.gate.masters import Masters

LOOKED_AT_SECONDS: Final = 0.5

_log = logging.getLogger(__name__)

# Given every version in use, once at the beginning and whenever they are others.
MastersChanged = Callable[[Mapping[int, bytes]], None]


@asynccontextmanager
async def watched(
    masters: Masters, masters_changed: MastersChanged, *, every_seconds: float = LOOKED_AT_SECONDS
) -> AsyncIterator[None]:
    """Look at the key file until the block is left."""
    known = masters.all()
    masters_changed(known)
    task = asyncio.create_task(_watch(masters, masters_changed, known, every_seconds), name="watch of the key file")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _watch(
    masters: Masters, masters_changed: MastersChanged, known: Mapping[int, bytes], every_seconds: float
) -> None:
    is_bad = False
    while True:
        await asyncio.sleep(every_seconds)
        try:
            found = masters.all()
            if found != known:
                masters_changed(found)
        except Exception as error:  # noqa: BLE001 - the boundary of this task: a key that is withdrawn later has to be seen
            # What is held goes on, and it is tried again; once is enough to say so.
            if not is_bad:
                _log.error("the master keys could not be followed", exc_info=error)
            is_bad = True
            continue
        is_bad = False
        known = found
