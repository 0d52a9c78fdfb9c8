import asyncio
from collections.abc import Callable

import pytest

from backend.errors import WorkerFailed
from bridge.supervisor import crew as crew_module
from bridge.supervisor.backoff import START_FAILURES_LIMIT
from bridge.supervisor.crew import Crew
from bridge.supervisor.worker import Worker
from tests.unit.bridge.supervisor.scripted_worker import ScriptedWorker


class Scene:
    """A crew whose workers are scripted, in the order they were spawned."""

    def __init__(self, size: int) -> None:
        self.spawned = [ScriptedWorker(number) for number in range(size)]
        self.kept: list[Worker] = []
        workers: list[Worker] = list(self.spawned)
        self.crew = Crew(workers, "the settings", spawn=self._spawn, keep_totals=self.kept.append)

    def _spawn(self, number: int) -> Worker:
        worker = ScriptedWorker(number)
        self.spawned.append(worker)
        return worker

    async def started(self) -> "Scene":
        await self.crew.start()
        self.crew.go()
        await asyncio.sleep(0.005)
        return self


@pytest.fixture(autouse=True)
def _quick_restarts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.supervisor.backoff.FIRST_DELAY_SECONDS", 0.001)
    monkeypatch.setattr("bridge.supervisor.backoff.LONGEST_DELAY_SECONDS", 0.001)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - whatever a test waits for
            await asyncio.sleep(0.001)


async def test_workers_get_the_settings_at_once_and_the_word_later() -> None:
    scene = Scene(2)

    await scene.crew.start()
    await asyncio.sleep(0.01)
    assert [[], []] == [worker.heard for worker in scene.spawned]
    assert ["the settings"] * 2 == [worker.settings for worker in scene.spawned]

    scene.crew.go()
    await _until(lambda: all(worker.heard == ["go"] for worker in scene.spawned))
    await scene.crew.drain(1)


async def test_the_first_that_is_ready_is_enough() -> None:
    scene = await Scene(2).started()

    scene.spawned[1].become_ready()
    await asyncio.wait_for(scene.crew.until_ready(), 5)

    await scene.crew.drain(1)


async def test_one_that_ends_is_replaced_in_its_place_and_counted() -> None:
    scene = await Scene(2).started()
    scene.spawned[1].become_ready()

    scene.spawned[1].end()
    await _until(lambda: len(scene.spawned) == 3)
    await _until(lambda: scene.spawned[2].heard == ["go"])

    assert [scene.spawned[0], scene.spawned[2]] == scene.crew.workers
    assert scene.spawned[2].number == 1
    assert [0, 1] == scene.crew.restarts
    assert [scene.spawned[1]] == scene.kept
    await scene.crew.drain(1)


async def test_one_that_ends_in_order_before_its_time_is_replaced_too() -> None:
    """Somebody sent SIGTERM to the worker itself."""
    scene = await Scene(1).started()
    scene.spawned[0].become_ready()

    scene.spawned[0].end("exit code 0", in_order=True)

    await _until(lambda: len(scene.spawned) == 2)
    await scene.crew.drain(1)


async def test_what_never_becomes_ready_is_given_up_with_its_last_words() -> None:
    scene = await Scene(1).started()

    for number in range(START_FAILURES_LIMIT):
        await _until(lambda number=number: len(scene.spawned) == number + 1)  # type: ignore[misc]
        scene.spawned[number].end("exit code 1", sentence=f"the database is away, try {number}")

    with pytest.raises(WorkerFailed, match="ended 5 times before it was ready: the database is away, try 4"):
        await asyncio.wait_for(scene.crew.until_ready(), 5)
    assert len(scene.spawned) == START_FAILURES_LIMIT
    await scene.crew.drain(1)


async def test_without_last_words_it_is_told_how_it_ended() -> None:
    scene = await Scene(1).started()

    for number in range(START_FAILURES_LIMIT):
        await _until(lambda number=number: len(scene.spawned) == number + 1)  # type: ignore[misc]
        scene.spawned[number].end("SIGSEGV")

    with pytest.raises(WorkerFailed, match="SIGSEGV; its log says more"):
        await asyncio.wait_for(scene.crew.until_ready(), 5)
    await scene.crew.drain(1)


async def test_one_that_cannot_even_be_imported_is_given_up_before_the_word() -> None:
    scene = Scene(1)
    await scene.crew.start()

    for number in range(START_FAILURES_LIMIT):
        await _until(lambda number=number: len(scene.spawned) == number + 1)  # type: ignore[misc]
        scene.spawned[number].end("exit code 1", sentence="no such module")

    with pytest.raises(WorkerFailed, match="no such module"):
        await asyncio.wait_for(scene.crew.until_hopeless(), 5)
    await scene.crew.drain(1)


async def test_as_long_as_another_serves_nothing_is_given_up() -> None:
    scene = await Scene(2).started()
    scene.spawned[0].become_ready()

    for number in range(START_FAILURES_LIMIT + 2):
        await _until(lambda number=number: len(scene.spawned) == number + 2)  # type: ignore[misc]
        scene.spawned[number + 1].end()

    await _until(lambda: len(scene.spawned) == START_FAILURES_LIMIT + 4)
    await scene.crew.drain(1)


async def test_a_crash_after_ready_is_never_given_up() -> None:
    scene = await Scene(1).started()

    for number in range(START_FAILURES_LIMIT * 2):
        await _until(lambda number=number: len(scene.spawned) == number + 1)  # type: ignore[misc]
        scene.spawned[number].become_ready()
        await asyncio.sleep(0)
        scene.spawned[number].end()

    await _until(lambda: len(scene.spawned) == START_FAILURES_LIMIT * 2 + 1)
    await scene.crew.drain(1)


async def test_one_that_hangs_before_it_is_ready_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_module, "START_LIMIT_SECONDS", 0.01)
    scene = await Scene(1).started()

    await _until(lambda: len(scene.spawned) > 1)

    assert ["go", "kill"] == scene.spawned[0].heard
    await scene.crew.drain(1)


async def test_a_drain_ends_all_in_order_and_replaces_none() -> None:
    scene = await Scene(3).started()
    for worker in scene.spawned:
        worker.become_ready()

    assert await asyncio.wait_for(scene.crew.drain(5), 5)

    assert [["go", "drain"]] * 3 == [worker.heard for worker in scene.spawned]
    assert scene.kept == scene.spawned


async def test_one_that_hangs_at_the_drain_is_killed_after_the_limit_and_that_is_told() -> None:
    scene = await Scene(2).started()
    for worker in scene.spawned:
        worker.become_ready()
    scene.spawned[1].drains_in_order = False

    assert not await asyncio.wait_for(scene.crew.drain(0.05), 5)

    assert ["go", "drain", "kill"] == scene.spawned[1].heard


async def test_one_that_crashes_at_the_drain_is_not_in_order() -> None:
    scene = await Scene(1).started()
    scene.spawned[0].become_ready()
    scene.spawned[0].drains_in_order = False
    await asyncio.sleep(0)

    asyncio.get_running_loop().call_later(0.01, scene.spawned[0].end, "SIGSEGV")

    assert not await scene.crew.drain(5)


async def test_a_drain_before_the_word_ends_them_at_once() -> None:
    scene = Scene(2)
    await scene.crew.start()

    assert await asyncio.wait_for(scene.crew.drain(5), 1)

    assert all("kill" in worker.heard for worker in scene.spawned)


async def test_a_drain_while_a_place_is_empty_does_not_fill_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.supervisor.backoff.FIRST_DELAY_SECONDS", 60)
    monkeypatch.setattr("bridge.supervisor.backoff.LONGEST_DELAY_SECONDS", 60)
    scene = await Scene(1).started()
    scene.spawned[0].become_ready()
    scene.spawned[0].end()
    await _until(lambda: scene.kept == scene.spawned)

    assert await asyncio.wait_for(scene.crew.drain(5), 1)

    assert len(scene.spawned) == 1
