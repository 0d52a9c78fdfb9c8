"""Counts the rows of the outbox now and then, so that a scrape costs the database nothing."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from backend.db.outbox import State
from backend.db.outbox_admin import count_states
from backend.db.outbox_runner import OutboxRunner
from backend.db.unit import Database
from backend.errors import ServiceError
from bridge.observability import catalogue
from bridge.observability.metrics import Metrics, Sample

EVERY_SECONDS: Final = 10.0

log: Final = logging.getLogger(__name__)


class OutboxCensus:
    """Only the worker that leads counts; the others would report the same rows again."""

    def __init__(self, database: Database, runner: OutboxRunner, metrics: Metrics) -> None:
        self._database = database
        self._runner = runner
        self._counts: dict[State, int] = {}
        metrics.read_from(catalogue.OUTBOX_ROWS, self._rows)
        metrics.read_from(catalogue.OUTBOX_LEADER, lambda: [("", {}, float(runner.is_leader))])

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._count_for_ever(), name="outbox census")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def count(self) -> None:
        self._counts = await self._database.read(count_states) if self._runner.is_leader else {}

    async def _count_for_ever(self) -> None:
        while True:
            try:
                await self.count()
            except ServiceError as error:
                log.warning("the rows of the outbox could not be counted", exc_info=error)
            await asyncio.sleep(EVERY_SECONDS)

    def _rows(self) -> Iterator[Sample]:
        for state, count in sorted(self._counts.items()):
            yield "", {"state": state}, count
