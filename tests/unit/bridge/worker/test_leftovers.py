import asyncio
import contextlib

from bridge.worker.leftovers import end_leftovers


async def test_nothing_left_is_nothing_to_wait_for() -> None:
    assert await end_leftovers()


async def test_what_is_left_is_cancelled() -> None:
    task = asyncio.create_task(asyncio.sleep(60))

    assert await end_leftovers()
    assert task.cancelled()


async def test_what_does_not_end_is_told() -> None:
    done = asyncio.Event()

    async def deaf() -> None:
        while not done.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await done.wait()

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)

    assert not await end_leftovers()
    done.set()
    await task
