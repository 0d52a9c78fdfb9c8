"""A queue of units, and the threads that work it off."""

import asyncio
import contextvars
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

from backend.db.sqlite.job import Job, answer
from backend.db.tenancy.tenant import checked
from backend.db.unit import Unit
from backend.errors import DatabaseUnavailable

T = TypeVar("T")


# Entered in the thread itself, which then calls what it gives with each job.
Station = Callable[["Lane"], AbstractContextManager[Callable[[Job], None]]]


@dataclass(frozen=True, slots=True)
class _Hand:
    """A thread of a lane, and what the loop is told about it."""

    ready: asyncio.Future[None]
    ended: asyncio.Future[None]
    thread: threading.Thread


class Lane:
    def __init__(self, name: str, station: Station, *, threads: int, longest_queue: int) -> None:
        self._name = name
        self._station = station
        self._count = threads
        self._longest_queue = longest_queue
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._hands: list[_Hand] = []
        self._unanswered = 0  # counted in the loop's thread only
        self._closing = False
        self._loop = asyncio.get_running_loop()

    # In the event loop's thread.

    async def start(self) -> None:
        """Start the threads; raise what any of them met while it got ready, after the others have ended."""
        self._hands = [self._start_one(number) for number in range(self._count)]
        results = await asyncio.gather(*(hand.ready for hand in self._hands), return_exceptions=True)
        failures = [result for result in results if isinstance(result, BaseException)]
        if failures:
            await self.close()
            raise failures[0]

    async def run(self, unit: Unit[T], tenant: str | None) -> T:
        if self._closing:
            raise DatabaseUnavailable("The database is being closed; nothing was kept. Try again.")
        if self._unanswered >= self._longest_queue:
            raise DatabaseUnavailable("Too much work waits for the database already; nothing was kept. Try again.")
        job = Job(unit, checked(tenant), self._loop.create_future(), contextvars.copy_context())
        self._unanswered += 1
        self._queue.put(job)
        result: T = await job.future
        return result

    async def close(self) -> None:
        """End after everything that waits has been worked off."""
        self._closing = True
        hands, self._hands = self._hands, []
        for _ in hands:
            self._queue.put(None)
        for hand in hands:
            await hand.ended
            hand.thread.join()  # it has said its last word; only its end is waited for

    # In the threads.

    def take(self) -> Job | None:
        """Wait for the next job that somebody still waits for; None is the end."""
        while (job := self._queue.get()) is not None:
            if not job.abandoned:
                return job
            self.answer([job])
        return None

    def take_waiting(self) -> Job | None:
        """Take the next job only if there is one already."""
        while True:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return None
            if job is None:
                self._queue.put(None)  # the end is for `take` to see
                return None
            if not job.abandoned:
                return job
            self.answer([job])

    def answer(self, jobs: Sequence[Job]) -> None:
        """Answer all at once: waking the loop costs a system call."""
        self._tell(self._answered, jobs)

    def _answered(self, jobs: Sequence[Job]) -> None:
        self._unanswered -= len(jobs)
        answer(jobs)

    def _start_one(self, number: int) -> _Hand:
        ready, ended = self._loop.create_future(), self._loop.create_future()
        # A daemon: a process that ends without closing its database is not held up; what it committed is on the disk.
        name = f"{self._name}-{number}"
        thread = threading.Thread(target=self._serve, args=(ready, ended), name=name, daemon=True)
        thread.start()
        return _Hand(ready, ended, thread)

    def _serve(self, ready: asyncio.Future[None], ended: asyncio.Future[None]) -> None:
        try:
            with self._station(self) as work:
                self._tell(_settle, ready, None)
                while (job := self.take()) is not None:
                    work(job)
        except BaseException as error:  # noqa: BLE001 -- the boundary of the thread
            self._tell(_settle, ready, error)
        self._tell(_settle, ended, None)

    def _tell(self, callback: Callable[..., Any], *args: object) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *args)
        except RuntimeError:
            # The loop was closed without closing the database: nobody is left to be told.
            if not self._loop.is_closed():
                raise


def _settle(future: asyncio.Future[None], error: BaseException | None) -> None:
    if future.done():
        if error is not None:
            raise error  # after it was ready a thread meets no errors but defects: to the loop's exception handler
    elif error is not None:
        future.set_exception(error)
    else:
        future.set_result(None)
