"""The portable fallback: the application in the supervisor's own process and event loop, with nothing to inherit."""

import asyncio
import os
import socket
import time
from collections.abc import Sequence

from bridge.settings import from_wire
from bridge.supervisor.worker import Ending, State
from bridge.supervisor.worker_command import WorkerCommand
from bridge.worker.factory import load
from bridge.worker.json_value import JsonObject
from bridge.worker.last_words import last_words
from bridge.worker.messages import Failed, Question
from bridge.worker.service import Service


class LocalWorker:
    def __init__(self, number: int, command: WorkerCommand, listeners: Sequence[socket.socket]) -> None:
        self.number = number
        self.pid = os.getpid()
        self.state = State.STARTING
        self.last_metrics: JsonObject | None = None
        self._command = command
        # Closed by the service at its end; the supervisor keeps its own.
        self._listeners = [listener.dup() for listener in listeners]
        self._service: Service | None = None

    async def start(self, settings: str) -> None:
        self.ready = asyncio.Event()
        self.ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._allowed = asyncio.Event()
        self._over = asyncio.Event()
        self._life = asyncio.create_task(self._live(settings))

    def go(self) -> None:
        self._allowed.set()

    async def ask(self, question: Question, limit_seconds: float) -> JsonObject | None:
        if self._service is None:
            return None
        try:
            async with asyncio.timeout(limit_seconds):
                answer = await self._service.answer(question)
        except TimeoutError:
            return None
        if question == "metrics":
            self.last_metrics = answer
        return answer

    def drain(self) -> None:
        self.state = State.DRAINING
        self._over.set()
        self._allowed.set()

    def kill(self) -> None:
        self._life.cancel()

    async def _live(self, settings: str) -> None:
        ready_at: float | None = None
        failed: Failed | None = None
        try:
            handed = from_wire(settings.encode())
            app = (await asyncio.to_thread(load, self._command.module))(handed, table=None)
            await self._allowed.wait()
            if not self._over.is_set():
                service = Service(app, self._listeners)
                try:
                    await service.start()
                    ready_at = time.monotonic()
                    self._service = service
                    self.state = State.READY
                    self.ready.set()
                    await self._over.wait()
                finally:
                    await service.drain(handed.drain_seconds)
                    self.last_metrics = service.metrics()
        except Exception as error:  # noqa: BLE001 - the boundary of the worker, as in bridge/worker/process.py
            failed = last_words(error)
        finally:
            self.state = State.ENDED
            for listener in self._listeners:
                listener.close()
            lived = None if ready_at is None else time.monotonic() - ready_at
            how = "an error" if failed else "order"
            self.ended.set_result(Ending(how, lived, failed, in_order=failed is None))
