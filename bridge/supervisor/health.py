"""Health with its details, for the ops listener: each dependency by name, as each worker sees it."""

import asyncio
from typing import Final

from backend.web.reply import Reply
from bridge.check_result import Verdict
from bridge.supervisor.crew import Crew
from bridge.supervisor.ops import json_page
from bridge.supervisor.worker import State, Worker
from bridge.worker.json_value import JsonObject

ANSWER_LIMIT_SECONDS: Final = 3.0
OK: Final = 200
UNAVAILABLE: Final = 503


class Health:
    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self.draining = False

    async def live(self) -> Reply:
        return json_page(OK, {"live": True})

    async def ready(self) -> Reply:
        workers = await asyncio.gather(*map(self._look_at, self._crew.workers))
        ready = not self.draining and any(worker["ready"] for worker in workers)
        return json_page(OK if ready else UNAVAILABLE, {"ready": ready, "draining": self.draining, "workers": workers})

    async def _look_at(self, worker: Worker) -> JsonObject:
        seen: JsonObject = {
            "number": worker.number,
            "pid": worker.pid,
            "state": worker.state,
            "restarts": self._crew.restarts[worker.number],
        }
        checks: JsonObject | None = {}
        if worker.state is State.READY:
            checks = await worker.ask("readiness", ANSWER_LIMIT_SECONDS)
        if checks is None:
            failed: JsonObject = {
                "verdict": Verdict.FAIL,
                "seen": f"no answer in {ANSWER_LIMIT_SECONDS:g} s",
                "cure": "restart the bridge",
            }
            checks = {"answer": failed}
        passed = all(isinstance(each, dict) and each["verdict"] != Verdict.FAIL for each in checks.values())
        return {**seen, "ready": worker.state is State.READY and passed, "checks": checks}
