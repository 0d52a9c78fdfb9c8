"""Takes pairings away that are over: what asked, and from where, is not kept beyond that."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from backend.db.unit import Database
from bridge.gate.pairing import store

EVERY_SECONDS: Final = 60.0
# So many at once: others wait for the writer of SQLite meanwhile.
SWEPT_AT_ONCE: Final = 200

_log = logging.getLogger(__name__)


async def sweep(database: Database) -> None:
    """Delete all that is over; where nothing is, nothing is written."""
    while await database.read(store.has_ended):
        await database.write(lambda tx: store.sweep(tx, at_most=SWEPT_AT_ONCE))


@asynccontextmanager
async def sweeping(database: Database, *, every_seconds: float = EVERY_SECONDS) -> AsyncIterator[None]:
    """Sweep until the block is left. Every process does: who comes second finds nothing to do."""
    task = asyncio.create_task(_sweep_for_ever(database, every_seconds), name="sweep of pairings")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _sweep_for_ever(database: Database, every_seconds: float) -> None:
    while True:
        try:
            await sweep(database)
        except Exception as error:  # noqa: BLE001 - the boundary of this task: the next round may do it
            _log.warning("pairings that are over could not be taken away", exc_info=error)
        await asyncio.sleep(every_seconds)
