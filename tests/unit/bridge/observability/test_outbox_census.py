import asyncio
from typing import cast

import pytest

from backend.db.outbox_runner import OutboxRunner
from backend.db.unit import Database
from backend.errors import DatabaseUnavailable
from bridge.observability import catalogue, outbox_census
from bridge.observability.metrics import Metrics
from bridge.observability.outbox_census import OutboxCensus


class Counting:
    """A database that is away once, and then counts."""

    def __init__(self) -> None:
        self.asked = 0
        self.counted = asyncio.Event()

    async def read(self, _unit: object) -> dict[str, int]:
        self.asked += 1
        if self.asked == 1:
            raise DatabaseUnavailable("It is away.")
        self.counted.set()
        return {"pending": 3, "done": 0, "dead": 1}


class Runner:
    is_leader = True


def made(database: Counting, runner: Runner) -> tuple[OutboxCensus, Metrics]:
    metrics = Metrics(version="1")
    return OutboxCensus(cast("Database", database), cast("OutboxRunner", runner), metrics), metrics


async def test_the_leader_counts_and_goes_on_when_the_database_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_census, "EVERY_SECONDS", 0.01)
    database = Counting()
    census, metrics = made(database, Runner())
    async with census.counting(), asyncio.timeout(10):
        await database.counted.wait()
        await asyncio.sleep(0)

    assert [("", {"state": "dead"}, 1.0), ("", {"state": "done"}, 0.0), ("", {"state": "pending"}, 3.0)] == (
        metrics.snapshot()[catalogue.OUTBOX_ROWS.name]
    )


async def test_who_does_not_lead_asks_nothing_and_tells_nothing() -> None:
    database, runner = Counting(), Runner()
    runner.is_leader = False
    census, metrics = made(database, runner)
    await census.count()

    assert 0 == database.asked
    assert [] == metrics.snapshot()[catalogue.OUTBOX_ROWS.name]
    assert [("", {}, 0.0)] == metrics.snapshot()[catalogue.OUTBOX_LEADER.name]


async def test_the_task_ends_with_its_owner() -> None:
    before = asyncio.all_tasks()
    census, _ = made(Counting(), Runner())
    async with census.counting():
        assert 1 == len(asyncio.all_tasks() - before)

    assert asyncio.all_tasks() == before
