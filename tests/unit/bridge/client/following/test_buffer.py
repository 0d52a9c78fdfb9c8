"""What waits for a reader is bounded, in order, and never thrown away."""

import asyncio

import pytest

from bridge.client.following.buffer import MOST_BYTES, MOST_EVENTS, Buffer, Closed

from .items import message


async def is_done(task: "asyncio.Task[None]") -> bool:
    for _ in range(3):
        await asyncio.sleep(0)
    return task.done()


async def test_what_was_put_comes_out_in_order() -> None:
    buffer = Buffer()
    for number in (1, 2, 3):
        buffer.put(message(number))

    assert [message(1), message(2), message(3)] == [await buffer.get() for _ in range(3)]


@pytest.mark.parametrize(("count", "size"), [(MOST_EVENTS, 1), (2, MOST_BYTES // 2), (1, 2 * MOST_BYTES)])
async def test_who_fills_it_waits_until_something_was_read(count: int, size: int) -> None:
    buffer = Buffer()
    for number in range(count):
        await buffer.room()
        buffer.put(message(number), size)
    waiting = asyncio.create_task(buffer.room())

    assert not await is_done(waiting)
    await buffer.get()
    assert await is_done(waiting)


async def test_who_reads_waits_until_something_comes() -> None:
    buffer = Buffer()
    reading = asyncio.create_task(buffer.get())
    await asyncio.sleep(0)
    assert not reading.done()

    buffer.put(message(1))

    assert message(1) == await reading


async def test_what_waits_is_read_before_the_end_is_told() -> None:
    buffer = Buffer()
    buffer.put(message(1))
    buffer.end(ValueError("the first end"))
    buffer.end(Closed())
    buffer.put(message(2))

    assert message(1) == await buffer.get()
    with pytest.raises(ValueError, match="the first end"):
        await buffer.get()


async def test_the_end_wakes_whoever_waits() -> None:
    full, empty = Buffer(), Buffer()
    full.put(message(1), MOST_BYTES)
    waiting = asyncio.create_task(full.room())
    reading = asyncio.create_task(empty.get())
    await asyncio.sleep(0)

    full.end(Closed())
    empty.end(Closed())

    await waiting
    with pytest.raises(Closed):
        await reading
