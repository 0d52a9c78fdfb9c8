import asyncio
import logging

import pytest

from bridge.realtime.going import keep_going
from tests.integration.web.waiting import until


async def test_what_failed_says_so_is_made_safe_and_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    begun: list[str] = []

    async def work() -> None:
        begun.append("work")
        await asyncio.sleep(0)
        raise ValueError("a mistake of ours")

    with caplog.at_level(logging.ERROR):
        task = asyncio.create_task(keep_going(work, pause_seconds=0.0, failed=lambda: begun.append("safe")))
        await until(lambda: len(begun) >= 4)
        task.cancel()

    assert ["work", "safe", "work", "safe"] == begun[:4]
    assert "a mistake of ours" in caplog.text


async def test_it_ends_when_it_is_cancelled() -> None:
    started = asyncio.Event()

    async def work() -> None:
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(keep_going(work, pause_seconds=0.0))
    await started.wait()
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()
