"""So many hashes run at once and so many wait; the rest is told at once, and a slot is its thread's."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest

from backend.accounts.signin.hash_queue import HashQueue
from backend.accounts.signin.hashing import WRONG, Cost, Hasher, Verified
from backend.errors import SignInBusy
from backend.secret import Secret

PASSWORD = Secret("correct horse battery staple")
PATIENCE_SECONDS = 10


class HeldHasher(Hasher):
    """Each hash runs until it is let go, and is counted."""

    def __init__(self) -> None:
        super().__init__(Cost(memory_kib=64, passes=1))
        self.let_go = threading.Event()
        self.lock = threading.Lock()
        self.running = 0
        self.most = 0
        self.begun = 0

    def hash(self, password: Secret) -> str:
        with self.lock:
            self.running += 1
            self.begun += 1
            self.most = max(self.most, self.running)
        assert self.let_go.wait(PATIENCE_SECONDS)
        with self.lock:
            self.running -= 1
        return f"hashed {len(password.reveal())}"


@pytest.fixture
async def held() -> HeldHasher:
    return HeldHasher()


@pytest.fixture
async def queue(held: HeldHasher) -> AsyncIterator[HashQueue]:
    made = HashQueue(held, at_once=2, waiting=3)
    yield made
    held.let_go.set()
    await made.close()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not true():  # noqa: ASYNC110 - threads begin and end without telling the loop
            await asyncio.sleep(0.001)


async def begun(held: HeldHasher, count: int) -> None:
    await until(lambda: held.begun >= count)


async def several(queue: HashQueue, count: int) -> list[asyncio.Task[str]]:
    tasks = [asyncio.create_task(queue.hash(PASSWORD)) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_no_more_run_at_once_than_there_are_slots(held: HeldHasher, queue: HashQueue) -> None:
    tasks = await several(queue, 5)
    await begun(held, 2)
    held.let_go.set()

    assert ["hashed 28"] * 5 == await asyncio.gather(*tasks)
    assert held.most == 2


async def test_who_comes_when_all_places_are_taken_is_told_at_once(held: HeldHasher, queue: HashQueue) -> None:
    tasks = await several(queue, 5)

    with pytest.raises(SignInBusy) as caught:
        await queue.hash(PASSWORD)
    assert "Retry-After" in dict(caught.value.headers)
    assert caught.value.status == 503

    held.let_go.set()
    await asyncio.gather(*tasks)
    assert "hashed 28" == await queue.hash(PASSWORD)


async def test_somebody_unknown_waits_in_the_same_row(queue: HashQueue) -> None:
    await several(queue, 5)

    with pytest.raises(SignInBusy):
        await queue.verify_unknown(PASSWORD)
    with pytest.raises(SignInBusy):
        await queue.verify("stored", PASSWORD)


async def test_a_slot_is_kept_by_the_thread_when_its_caller_goes_away(held: HeldHasher, queue: HashQueue) -> None:
    first = await several(queue, 2)
    await begun(held, 2)
    for task in first:
        task.cancel()
    await asyncio.gather(*first, return_exceptions=True)
    assert queue.taken == 2

    later = await several(queue, 3)
    with pytest.raises(SignInBusy):
        await queue.hash(PASSWORD)
    assert held.running == 2

    held.let_go.set()
    await asyncio.gather(*later)
    assert held.most == 2
    await until(lambda: queue.taken == 0)


async def test_who_goes_away_while_waiting_gives_the_place_back_and_costs_nothing(
    held: HeldHasher, queue: HashQueue
) -> None:
    running = await several(queue, 2)
    await begun(held, 2)
    waiting = await several(queue, 3)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    assert queue.taken == 2

    held.let_go.set()
    await asyncio.gather(*running)
    assert held.begun == 2


async def test_a_hash_that_fails_gives_its_place_back() -> None:
    queue = HashQueue(Hasher(Cost(memory_kib=64, passes=1)), at_once=1, waiting=0)

    for _ in range(3):
        with pytest.raises(Exception, match="argon2's form"):
            await queue.verify("damaged", PASSWORD)
    assert queue.taken == 0
    await queue.close()


async def test_a_closed_queue_finishes_what_it_took_and_takes_nothing_more(held: HeldHasher, queue: HashQueue) -> None:
    tasks = await several(queue, 3)
    held.let_go.set()
    await queue.close()

    assert ["hashed 28"] * 3 == await asyncio.gather(*tasks)
    with pytest.raises(RuntimeError, match="shutdown"):
        await queue.hash(PASSWORD)
    assert queue.taken == 0


async def test_the_answers_are_the_hashers() -> None:
    hasher = Hasher(Cost(memory_kib=64, passes=1))
    queue = HashQueue(hasher)
    stored = await queue.hash(PASSWORD)

    assert Verified(right=True) == await queue.verify(stored, PASSWORD)
    assert await queue.verify(stored, Secret("another")) == WRONG
    assert await queue.verify_unknown(PASSWORD) == WRONG
    await queue.close()
