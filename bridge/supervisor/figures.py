"""The metrics of all workers as one, for the ops listener."""

import asyncio
from typing import Final, cast

from backend.web.reply import Reply
from bridge.observability.catalogue import WORKER_RESTARTS, WORKERS_READY
from bridge.observability.exposition import CONTENT_TYPE, fold, merge
from bridge.observability.metrics import Snapshot
from bridge.supervisor.crew import Crew
from bridge.supervisor.worker import State, Worker

# A worker that does not answer in time is shown with what it said last.
ANSWER_LIMIT_SECONDS: Final = 2.0
_OWN: Final = "supervisor"


class Figures:
    def __init__(self) -> None:
        self._ended: Snapshot = {}
        self._kept: dict[int, Worker] = {}

    def keep(self, worker: Worker) -> None:
        """Add what a worker counted in its life to the totals: a counter may never go down."""
        self._kept[worker.number] = worker
        if worker.last_metrics is not None:
            self._ended = fold(self._ended, _snapshot(worker))

    async def page(self, crew: Crew) -> Reply:
        serving = [worker for worker in crew.workers if worker.state in {State.READY, State.DRAINING}]
        await asyncio.gather(*(worker.ask("metrics", ANSWER_LIMIT_SECONDS) for worker in serving))
        # Looked at only now, and without a pause: what ended meanwhile must be counted once, not never and not twice.
        snapshots = {
            str(worker.number): _snapshot(worker)
            for worker in crew.workers
            if worker.last_metrics is not None and self._kept.get(worker.number) is not worker
        }
        ready = sum(worker.state is State.READY for worker in crew.workers)
        snapshots[_OWN] = {
            WORKER_RESTARTS.name: [("_total", {}, sum(crew.restarts))],
            WORKERS_READY.name: [("", {}, ready)],
        }
        return Reply(200, merge(snapshots, self._ended).encode(), content_type=CONTENT_TYPE)


def _snapshot(worker: Worker) -> Snapshot:
    # As its metrics made it: JSON on the way here only turned tuples into lists.
    return cast("Snapshot", worker.last_metrics)
