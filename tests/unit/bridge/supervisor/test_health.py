import json

from backend.web.reply import Reply
from bridge.supervisor.crew import Crew
from bridge.supervisor.health import Health
from bridge.supervisor.worker import Worker
from bridge.worker.json_value import JsonObject
from tests.unit.bridge.supervisor.scripted_worker import ScriptedWorker

GOOD: JsonObject = {"database": {"verdict": "ok", "seen": "answered in 1 ms", "cure": ""}}
BAD: JsonObject = {**GOOD, "disk": {"verdict": "fail", "seen": "3 MiB free", "cure": "free some"}}


def _health(*answers: JsonObject | None) -> tuple[Health, list[ScriptedWorker]]:
    workers = [ScriptedWorker(number) for number in range(len(answers))]
    for worker, answer in zip(workers, answers, strict=True):
        worker.become_ready()
        worker.answers["readiness"] = answer
    listed: list[Worker] = list(workers)
    return Health(Crew(listed, "", spawn=ScriptedWorker, keep_totals=lambda _: None)), workers


def _body(page: Reply) -> JsonObject:
    body: JsonObject = json.loads(page.body)
    return body


async def test_each_dependency_is_named() -> None:
    health, _ = _health(GOOD)

    page = await health.ready()

    assert page.status == 200
    expected = {"number": 0, "pid": 1000, "state": "ready", "restarts": 0, "ready": True, "checks": GOOD}
    assert {"ready": True, "draining": False, "workers": [expected]} == _body(page)


async def test_a_dependency_that_is_away_makes_it_not_ready_and_is_named() -> None:
    health, _ = _health(BAD)

    page = await health.ready()

    assert page.status == 503
    assert "3 MiB free" in json.dumps(_body(page))


async def test_one_worker_that_can_work_is_enough() -> None:
    health, _ = _health(BAD, GOOD)

    assert (await health.ready()).status == 200


async def test_a_worker_that_does_not_answer_is_not_ready() -> None:
    health, _ = _health(None)

    page = await health.ready()

    assert page.status == 503
    assert "no answer in 3 s" in json.dumps(_body(page))


async def test_a_worker_that_only_starts_is_not_ready() -> None:
    health, workers = _health(GOOD)
    workers[0].state = ScriptedWorker(0).state

    assert (await health.ready()).status == 503


async def test_while_draining_it_is_not_ready() -> None:
    health, _ = _health(GOOD)
    health.draining = True

    assert (await health.ready()).status == 503


async def test_it_is_live_whatever_its_workers_do() -> None:
    health, _ = _health(None)

    assert (await health.live()).status == 200
