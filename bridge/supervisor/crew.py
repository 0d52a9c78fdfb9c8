"""The workers of one bridge: each slot has one, and gets a new one when it ends before its time."""

import asyncio
import logging
from collections.abc import Callable

from backend.errors import WorkerFailed
from bridge.supervisor.backoff import START_FAILURES_LIMIT, START_LIMIT_SECONDS, Backoff
from bridge.supervisor.first_of import first_of
from bridge.supervisor.worker import Ending, State, Worker

_log = logging.getLogger(__name__)


class Crew:
    def __init__(
        self,
        workers: list[Worker],
        settings: str,
        *,
        spawn: Callable[[int], Worker],
        keep_totals: Callable[[Worker], None],
    ) -> None:
        """`workers` are spawned already, and the list is kept up to date; `keep_totals` gets each that has ended."""
        self.workers = workers
        self.restarts = [0] * len(workers)
        self._settings = settings
        self._spawn = spawn
        self._keep_totals = keep_totals
        self._one_is_ready = asyncio.Event()
        self._allowed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._hopeless: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._slots: list[asyncio.Task[None]] = []
        self._in_order = True

    async def start(self) -> None:
        """Hand over to the workers that were spawned, and keep every slot filled from now on."""
        for worker in self.workers:
            await worker.start(self._settings)
        self._slots = [asyncio.create_task(self._keep(slot)) for slot in range(len(self.workers))]

    def go(self) -> None:
        """The database stands: let them open it."""
        self._allowed.set()

    async def until_ready(self) -> None:
        """Wait for the first worker that is ready; WorkerFailed when none will be."""
        waiting = asyncio.create_task(self._one_is_ready.wait())
        try:
            await first_of(waiting, self._hopeless)
        finally:
            waiting.cancel()
        if self._hopeless.done():
            self._hopeless.result()

    async def until_hopeless(self) -> None:
        """Wait until the workers cannot be kept alive, which ends in WorkerFailed; usually that is for ever."""
        await asyncio.shield(self._hopeless)

    async def drain(self, limit_seconds: float) -> bool:
        """End every worker in order, by force after the limit; return whether it went without force."""
        self._stopping.set()
        if self._allowed.is_set():
            for worker in self.workers:
                worker.drain()
        else:
            # They have not served yet, so there is nothing to finish.
            self.kill()
        if not self._slots:
            return True
        _, left = await asyncio.wait(self._slots, timeout=limit_seconds)
        if left:
            self._in_order = False
            self._tell_late()
            self.kill()
            await asyncio.wait(left)
        return self._in_order

    def kill(self) -> None:
        """End what still runs, at once."""
        for worker in self.workers:
            if worker.state is not State.ENDED:
                worker.kill()

    def _tell_late(self) -> None:
        for worker in self.workers:
            if worker.state is not State.ENDED:
                _log.error("a worker did not end in time", extra={"worker": worker.number, "worker_pid": worker.pid})

    async def _keep(self, slot: int) -> None:
        backoff = Backoff()
        while True:
            ending = await self._see_through(self.workers[slot])
            self._keep_totals(self.workers[slot])
            if self._stopping.is_set():
                self._in_order &= ending.in_order or not self._allowed.is_set()
                return
            delay = backoff.ended(ending.ready_seconds)
            _tell(self.workers[slot], ending, delay)
            if backoff.hopeless and not any(worker.state is State.READY for worker in self.workers):
                self._give_up(ending)
                return
            await self._pause(delay)
            if self._stopping.is_set():
                return
            self.restarts[slot] += 1
            self.workers[slot] = self._spawn(slot)
            await self.workers[slot].start(self._settings)

    async def _see_through(self, worker: Worker) -> Ending:
        """Let one worker serve, and return how it ended."""
        allowed = asyncio.create_task(self._allowed.wait())
        ready = asyncio.create_task(worker.ready.wait())
        try:
            # One that ends before the go-ahead could not even be imported.
            await first_of(allowed, worker.ended)
            if not self._stopping.is_set():
                worker.go()
            await first_of(ready, worker.ended, limit_seconds=START_LIMIT_SECONDS)
            if ready.done():
                self._one_is_ready.set()
            elif not worker.ended.done():
                worker.kill()
            return await worker.ended
        finally:
            allowed.cancel()
            ready.cancel()

    def _give_up(self, ending: Ending) -> None:
        if not self._hopeless.done():
            words = ending.failed.sentence if ending.failed else f"it ended with {ending.how}; its log says more"
            self._hopeless.set_exception(
                WorkerFailed(f"a worker ended {START_FAILURES_LIMIT} times before it was ready: {words}")
            )

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return


def _tell(worker: Worker, ending: Ending, delay: float) -> None:
    _log.error(
        "a worker ended before its time",
        extra={
            "worker": worker.number,
            "worker_pid": worker.pid,
            "reason": ending.failed.sentence if ending.failed else ending.how,
            "seconds": delay,
        },
    )
