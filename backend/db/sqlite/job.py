"""A unit on its way through a thread: what runs it, and what its caller is told."""

import asyncio
import contextvars
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from backend.db.after_commit import call_back
from backend.db.unit import Unit


@dataclass(slots=True, eq=False)
class Job:
    unit: Unit[Any]
    tenant: str | None
    future: asyncio.Future[Any]
    context: contextvars.Context
    """The caller's, so that what a unit logs carries the request's id."""
    result: Any = None
    error: BaseException | None = None
    callbacks: tuple[Callable[[], None], ...] = ()

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits any more. Reading it from another thread may come too late, which only costs work."""
        return self.future.cancelled()

    def fail(self, error: BaseException) -> None:
        self.error = error
        self.result = None
        self.callbacks = ()


def answer(jobs: Iterable[Job]) -> None:
    """Tell the callers; runs in the event loop's thread. What was committed is followed up even if nobody waits."""
    for job in jobs:
        call_back(job.callbacks)
        if job.future.done():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
