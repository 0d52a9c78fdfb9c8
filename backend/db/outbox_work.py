"""Work off one row that is leased to this process: its handler, its time, the renewal of its lease, its end."""

import asyncio
import logging
import random
import time
from typing import Final

from backend.db import outbox_queue
from backend.db.fresh import Taken
from backend.db.handlers import Handlers, Registered
from backend.db.outbox import LEASE_SECONDS
from backend.db.unit import Database, Transaction
from backend.errors import DatabaseUnavailable

RENEW_SECONDS: Final = LEASE_SECONDS / 3
FIRST_DELAY_SECONDS: Final = 1.0
LONGEST_DELAY_SECONDS: Final = 300.0

_log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another process may have taken the row: what is done here from now on would be done twice."""


class OutboxWork:
    def __init__(self, database: Database, handlers: Handlers) -> None:
        self._database = database
        self._handlers = handlers

    async def work_off(self, taken: Taken) -> list[Taken]:
        """Call the handler and write down how it ended; return the row that now follows in its order, taken too."""
        row = taken.row
        try:
            await self._handle(taken, self._handlers[row.kind])
        except LeaseLost:
            _log.warning("outbox lease lost", extra={"row_id": row.id, "kind": row.kind, "attempts": row.attempts})
            return []
        except Exception as error:  # noqa: BLE001 -- the boundary of handlers: any failure is a try that failed
            _log.warning(
                "outbox handler failed",
                extra={"row_id": row.id, "kind": row.kind, "attempts": row.attempts, "reason": type(error).__name__},
            )
            await self._failed(taken, error)
            return []
        return await self._finished(taken)

    async def _handle(self, taken: Taken, registered: Registered) -> None:
        """Run the handler no longer than it may, and no longer than the row is ours."""
        ends = time.monotonic() + registered.limit_seconds
        until = taken.until
        handling = asyncio.ensure_future(registered.handler(taken.row))
        try:
            while not handling.done():
                now = time.monotonic()
                await asyncio.wait({handling}, timeout=max(0, min(ends - now, until - RENEW_SECONDS - now)))
                now = time.monotonic()
                if handling.done():
                    break
                if now >= ends:
                    raise TimeoutError(f"the handler took longer than {registered.limit_seconds:g} s")
                until = await self._renewed(taken, until)
            if handling.cancelled():
                raise RuntimeError("the handler was cancelled from within")
            await handling
        finally:
            if not handling.done():
                handling.cancel()
                await asyncio.wait({handling})

    async def _renewed(self, taken: Taken, until: float) -> float:
        now = time.monotonic()
        try:
            held = await self._database.write(lambda transaction: outbox_queue.renew(transaction, taken))
        except DatabaseUnavailable:
            if time.monotonic() >= until - RENEW_SECONDS / 2:
                raise LeaseLost from None
            await asyncio.sleep(RENEW_SECONDS / 8)
            return until
        if not held:
            raise LeaseLost
        return now + LEASE_SECONDS

    async def _finished(self, taken: Taken) -> list[Taken]:
        async def unit(transaction: Transaction) -> list[Taken]:
            order_key = taken.row.order_key
            if not await outbox_queue.finish(transaction, taken) or order_key is None:
                return []
            # In the same commit, so that a long row of rows does not wait a second each for the leader to look.
            now = time.monotonic()
            return await outbox_queue.take(transaction, self._handlers.kinds, limit=1, now=now, order_key=order_key)

        try:
            return await self._database.write(unit)
        except DatabaseUnavailable:
            # The row stays leased; after the lease it is worked off again, which its handler is made for.
            _log.warning("outbox row not finished", extra={"row_id": taken.row.id, "kind": taken.row.kind})
            return []

    async def _failed(self, taken: Taken, error: Exception) -> None:
        sentence = f"{type(error).__name__}: {error}"
        delay = delay_seconds(taken.row.attempts)
        try:
            await self._database.write(
                lambda transaction: outbox_queue.fail(transaction, taken, sentence, delay_seconds=delay)
            )
        except DatabaseUnavailable:
            _log.warning("outbox row not finished", extra={"row_id": taken.row.id, "kind": taken.row.kind})


def delay_seconds(attempts: int) -> float:
    """Double the wait with each try, less up to half of it by chance, so that rows that failed together part."""
    longest = min(LONGEST_DELAY_SECONDS, FIRST_DELAY_SECONDS * 2.0 ** (attempts - 1))
    return longest * random.uniform(0.5, 1)  # noqa: S311 -- nobody gains by guessing it
