"""What the supervisor knows of a worker, whether it is a process or lives in the supervisor's own."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bridge.worker.json_value import JsonObject
from bridge.worker.messages import Failed, Question


class State(StrEnum):
    STARTING = "starting"
    READY = "ready"
    DRAINING = "draining"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a worker ended: in how many seconds after it was ready (None: it never was), and with which last words."""

    how: str
    ready_seconds: float | None
    failed: Failed | None
    in_order: bool


class Worker(Protocol):
    number: int
    pid: int
    state: State
    ready: asyncio.Event
    ended: "asyncio.Future[Ending]"
    # What it counted, as far as it is known: from its last answer, or from its farewell.
    last_metrics: JsonObject | None

    async def start(self, settings: str) -> None:
        """Hand over what it has to know."""

    def go(self) -> None:
        """The database stands: open it and serve."""

    async def ask(self, question: Question, limit_seconds: float) -> JsonObject | None:
        """Return the answer, or None when there was none in time."""

    def drain(self) -> None: ...

    def kill(self) -> None: ...
