import asyncio

import pytest

from backend.web.reply import Reply
from bridge.supervisor.crew import Crew
from bridge.supervisor.figures import Figures
from bridge.supervisor.worker import Worker
from bridge.worker.json_value import JsonObject
from tests.unit.bridge.supervisor.scripted_worker import ScriptedWorker

LOST = "toolboxai_log_lines_lost_total"
IN_FLIGHT = "toolboxai_requests_in_flight"


def _counted(count: int, *, in_flight: int = 0) -> JsonObject:
    return {LOST: [["_total", {}, count]], IN_FLIGHT: [["", {}, in_flight]]}


def _value(page: Reply, name: str) -> float:
    lines = [line for line in page.body.decode().splitlines() if line.startswith(f"{name} ")]
    assert len(lines) == 1, page.body.decode()
    return float(lines[0].split()[1])


def _crew(figures: Figures, *workers: ScriptedWorker) -> Crew:
    listed: list[Worker] = list(workers)
    return Crew(listed, "", spawn=ScriptedWorker, keep_totals=figures.keep)


async def test_counts_of_all_workers_are_added() -> None:
    figures = Figures()
    workers = [ScriptedWorker(0), ScriptedWorker(1)]
    for worker, count in zip(workers, (3, 4), strict=True):
        worker.become_ready()
        worker.answers["metrics"] = _counted(count, in_flight=1)

    page = await figures.page(_crew(figures, *workers))

    assert _value(page, LOST) == 7
    assert _value(page, IN_FLIGHT) == 2
    assert _value(page, "toolboxai_workers_ready") == 2


async def test_a_count_never_goes_down_when_its_worker_ends() -> None:
    figures = Figures()
    worker = ScriptedWorker(0)
    worker.become_ready()
    worker.answers["metrics"] = _counted(5, in_flight=2)
    crew = _crew(figures, worker)
    before = await figures.page(crew)

    worker.end()
    between = await figures.page(crew)
    figures.keep(worker)
    after = await figures.page(crew)
    successor = ScriptedWorker(0)
    successor.become_ready()
    successor.answers["metrics"] = _counted(1)
    crew.workers[0] = successor
    later = await figures.page(crew)

    assert [5, 5, 5, 6] == [_value(page, LOST) for page in (before, between, after, later)]
    assert _value(later, IN_FLIGHT) == 0


async def test_a_farewell_counts_more_than_the_last_answer() -> None:
    figures = Figures()
    worker = ScriptedWorker(0)
    worker.become_ready()
    worker.answers["metrics"] = _counted(5)
    crew = _crew(figures, worker)
    await figures.page(crew)

    worker.last_metrics = _counted(9)
    worker.end("exit code 0", in_order=True)
    figures.keep(worker)

    assert _value(await figures.page(crew), LOST) == 9


async def test_a_worker_that_does_not_answer_is_shown_with_what_it_said_last() -> None:
    figures = Figures()
    worker = ScriptedWorker(0)
    worker.become_ready()
    worker.answers["metrics"] = _counted(5)
    crew = _crew(figures, worker)
    await figures.page(crew)

    worker.answers["metrics"] = None

    assert _value(await figures.page(crew), LOST) == 5


async def test_restarts_are_counted() -> None:
    figures = Figures()
    crew = _crew(figures, ScriptedWorker(0), ScriptedWorker(1))
    crew.restarts[:] = [2, 3]

    assert _value(await figures.page(crew), "toolboxai_worker_restarts_total") == 5


@pytest.mark.parametrize("state", ["starting", "ended"])
async def test_a_worker_that_does_not_serve_is_not_asked(state: str) -> None:
    figures = Figures()
    worker = ScriptedWorker(0)
    worker.answers["metrics"] = _counted(5)
    if state == "ended":
        worker.end()

    page = await asyncio.wait_for(figures.page(_crew(figures, worker)), 1)

    assert worker.last_metrics is None
    assert _value(page, "toolboxai_workers_ready") == 0
