"""What a running bridge says of itself to the control socket."""

import os
import time
from dataclasses import dataclass

from bridge.supervisor.crew import Crew
from bridge.worker.json_value import JsonObject


@dataclass(frozen=True, slots=True)
class Status:
    """The fixed part is known at the start; the rest is looked up when somebody asks."""

    crew: Crew
    urls: tuple[str, ...]
    ops_url: str
    started_at: float

    def as_json(self) -> JsonObject:
        from importlib.metadata import version  # noqa: PLC0415 - slow to import, and seldom asked for

        return {
            "pid": os.getpid(),
            "version": version("toolboxai"),
            "urls": list(self.urls),
            "ops_url": self.ops_url,
            "uptime_seconds": round(time.monotonic() - self.started_at, 3),
            "workers": [
                {
                    "number": worker.number,
                    "pid": worker.pid,
                    "state": worker.state,
                    "restarts": self.crew.restarts[worker.number],
                }
                for worker in self.crew.workers
            ],
        }
