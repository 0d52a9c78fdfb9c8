"""Running a unit's coroutine: whole, or watched."""

import asyncio

import pytest

from backend.db.driving import run_watched, run_whole
from backend.db.unit import UnitRefused


class Busy:
    def __init__(self) -> None:
        self.busy = False

    async def ask(self, answer: int) -> int:
        self.busy = True
        try:
            await asyncio.sleep(0)
        finally:
            self.busy = False
        return answer


def test_a_unit_that_never_waits_runs_to_its_end() -> None:
    async def inner() -> int:
        return 1

    async def unit() -> int:
        return await inner() + await inner()

    assert run_whole(unit()) == 2


def test_a_unit_that_waits_is_refused_and_closed() -> None:
    ended: list[str] = []

    async def unit() -> None:
        try:
            await asyncio.sleep(0)
        finally:
            ended.append("closed")

    with pytest.raises(UnitRefused, match=r"unit awaits something other than its transaction \(line \d+ of .*py\)"):
        run_whole(unit())
    assert ended == ["closed"]


async def test_what_the_transaction_waits_for_is_passed_on() -> None:
    transaction = Busy()

    async def unit() -> int:
        return await transaction.ask(1) + await transaction.ask(2)

    assert await run_watched(unit(), transaction) == 3


async def test_a_watched_unit_that_waits_for_something_else_is_refused() -> None:
    transaction = Busy()

    async def unit() -> None:
        await transaction.ask(1)
        await asyncio.sleep(0)

    with pytest.raises(UnitRefused):
        await run_watched(unit(), transaction)


async def test_a_cancellation_reaches_the_unit_where_it_waits() -> None:
    transaction = Busy()
    seen: list[str] = []

    async def unit() -> None:
        while True:
            try:
                await transaction.ask(1)
            except asyncio.CancelledError:
                seen.append("cancelled")
                raise

    task = asyncio.ensure_future(run_watched(unit(), transaction))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen == ["cancelled"]


async def test_closing_the_watcher_closes_the_unit() -> None:
    transaction = Busy()
    ended: list[str] = []

    async def unit() -> None:
        try:
            await transaction.ask(1)
        finally:
            ended.append("closed")

    watcher = run_watched(unit(), transaction)
    watcher.send(None)
    watcher.close()
    assert ended == ["closed"]
