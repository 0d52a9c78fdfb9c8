"""Running a unit's coroutine whole."""

import asyncio

import pytest

from backend.db.driving import run_whole
from backend.db.unit import UnitRefused


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
