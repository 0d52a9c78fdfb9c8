"""Run the outbox: fresh rows of this process at once, and everything else in the one process that leads."""

import asyncio
import logging
import secrets
import time
from collections import deque
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from backend.db import claims, leases, outbox_queue
from backend.db.fresh import Taken
from backend.db.handlers import Handlers
from backend.db.outbox_work import RENEW_SECONDS as ROW_RENEW_SECONDS
from backend.db.outbox_work import OutboxWork
from backend.db.unit import Database, Transaction
from backend.errors import DatabaseUnavailable

LEADER: Final = "outbox"
LEADER_SECONDS: Final = 9.0
"""How long nobody leads after the leader's process has died."""
RENEW_SECONDS: Final = LEADER_SECONDS / 3
LOOK_SECONDS: Final = 1.0
PURGE_SECONDS: Final = 60.0
PURGED_AT_ONCE: Final = 200
"""An answer has up to 64 KiB, and SQLite overwrites what it deletes: more would hold other units up."""
AT_ONCE: Final = 16
"""So many rows a process works off at the same time."""
WAITING: Final = 256
"""So many fresh rows wait in a process; more are left in the table, for whoever leads."""
STOP_SECONDS: Final = 5.0

_log = logging.getLogger(__name__)


class OutboxRunner:
    """Owned by the application: started with it, and stopped before the database is closed."""

    def __init__(
        self,
        database: Database,
        handlers: Handlers,
        *,
        kept_hours: int = claims.KEPT_HOURS,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._work = OutboxWork(database, handlers)
        self._kept_hours = kept_hours
        self._stop_seconds = stop_seconds
        self._holder = secrets.token_hex(8)
        self._leads_until = 0.0
        self._renew_at = 0.0
        self._purge_at = 0.0
        self._waiting: deque[Taken] = deque()
        self._working: dict[asyncio.Task[None], Taken] = {}
        self._leading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        self._database.fresh = self
        self._leading = asyncio.create_task(self._lead(), name="outbox-leader")

    async def stop(self) -> None:
        """Let what runs come to its end, for a while; give the rest back, and the lead as well."""
        self._database.fresh = None
        leading, self._leading = self._leading, None
        if leading is None:
            return
        self._leads_until = 0.0
        leading.cancel()
        with suppress(asyncio.CancelledError):
            await leading
        if self._working:
            await asyncio.wait(self._working, timeout=self._stop_seconds)
        left = dict(self._working)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)
        await self._give_back([*left.values(), *self._waiting])
        self._waiting.clear()

    @property
    def is_leader(self) -> bool:
        return time.monotonic() < self._leads_until

    # What `enqueue` asks.

    def knows(self, kind: str) -> bool:
        return kind in self._handlers

    def offer(self, taken: Taken) -> None:
        # What is not taken on here is taken by the leader when its lease has run out.
        if self._leading is not None and len(self._waiting) < WAITING:
            self._waiting.append(taken)
            self._fill()

    # In the background.

    async def _lead(self) -> None:
        while True:
            try:
                await self._lead_once()
            except DatabaseUnavailable:
                _log.warning("outbox cannot reach the database")
            except Exception:  # noqa: BLE001 -- the boundary of the runner: a defect must not end what follows
                _log.exception("outbox runner met a defect")
            await asyncio.sleep(LOOK_SECONDS)

    async def _lead_once(self) -> None:
        now = time.monotonic()
        if now >= self._renew_at:
            self._renew_at = now + RENEW_SECONDS
            held = await self._database.write(
                lambda transaction: leases.hold(transaction, LEADER, self._holder, seconds=LEADER_SECONDS)
            )
            self._leads_until = now + LEADER_SECONDS if held else 0.0
        if not self.is_leader:
            return
        room = AT_ONCE - len(self._working) - len(self._waiting)
        kinds = self._handlers.kinds
        if room > 0 and await self._database.read(lambda tx: outbox_queue.something_due(tx, kinds)):
            for taken in await self._database.write(lambda tx: self._take_due(tx, room)):
                self.offer(taken)
        if now >= self._purge_at:
            self._purge_at = now + PURGE_SECONDS
            more = True
            while more and self.is_leader:
                more = await self._database.write(self._purge)

    async def _take_due(self, transaction: Transaction, room: int) -> list[Taken]:
        now = time.monotonic()
        return await outbox_queue.take(transaction, self._handlers.kinds, limit=room, now=now)

    async def _purge(self, transaction: Transaction) -> bool:
        """Delete a part of what is kept no longer; True if that was not all."""
        await outbox_queue.bury(transaction)
        rows = await outbox_queue.purge_done(transaction, kept_hours=self._kept_hours, limit=PURGED_AT_ONCE)
        claimed = await claims.purge(transaction, kept_hours=self._kept_hours, limit=PURGED_AT_ONCE)
        return PURGED_AT_ONCE in (rows, claimed)

    def _fill(self) -> None:
        while self._waiting and len(self._working) < AT_ONCE:
            taken = self._waiting.popleft()
            task = asyncio.create_task(self._run(taken), name=f"outbox-{taken.row.id}")
            self._working[task] = taken
            task.add_done_callback(self._ended)

    async def _run(self, taken: Taken) -> None:
        if time.monotonic() < taken.until - ROW_RENEW_SECONDS:
            for following in await self._work.work_off(taken):
                self.offer(following)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._working[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("outbox runner met a defect", exc_info=error)
        if self._leading is not None:
            self._fill()

    async def _give_back(self, left: list[Taken]) -> None:
        async def unit(transaction: Transaction) -> None:
            for taken in left:
                await outbox_queue.give_back(transaction, taken)
            await leases.let_go(transaction, LEADER, self._holder)

        try:
            await self._database.write(unit)
        except DatabaseUnavailable:
            _log.warning("outbox leases left to run out", extra={"count": len(left)})
