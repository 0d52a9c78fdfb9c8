"""One worker process as the supervisor sees it: spawned, spoken to, seen to its end."""

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Final

from bridge.supervisor.shared_table import SharedTable
from bridge.supervisor.worker import Ending, State
from bridge.supervisor.worker_command import WorkerCommand
from bridge.worker.channel import Channel
from bridge.worker.json_value import JsonObject
from bridge.worker.messages import Answer, Ask, Drain, Failed, Farewell, Go, HandOver, NotUnderstood, Question, Ready

# What a worker still said before it ended has arrived by then.
_LAST_LINE_SECONDS: Final = 1.0
_STANDARD_ERROR: Final = 2


class WorkerProcess:
    def __init__(
        self, number: int, command: WorkerCommand, listeners: Sequence[socket.socket], table: SharedTable | None
    ) -> None:
        """Spawn at once: the process imports while its supervisor is still busy with other things."""
        self.number = number
        self.state = State.STARTING
        self.last_metrics: JsonObject | None = None
        self._listeners = [listener.fileno() for listener in listeners]
        self._table = table
        self._end, theirs = socket.socketpair()
        # The worker knows it under the same number as we did.
        self._their_lifeline, self._lifeline = os.pipe()
        try:
            with theirs, _held_back(signal.SIGINT, signal.SIGHUP):
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    command.arguments,
                    stdin=theirs.fileno(),
                    stdout=_STANDARD_ERROR,  # a stray print is no word for the person at the terminal
                    pass_fds=(*self._listeners, self._their_lifeline, *(() if table is None else (table.descriptor,))),
                )
        finally:
            os.close(self._their_lifeline)
        self.pid = self._process.pid
        self._questions = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[JsonObject | None]] = {}
        self._failed: Failed | None = None
        self._ready_at: float | None = None

    async def start(self, settings: str) -> None:
        loop = asyncio.get_running_loop()
        self.ready = asyncio.Event()
        self.ended: asyncio.Future[Ending] = loop.create_future()
        self._channel = await Channel.over(self._end)
        descriptor, epoch = (None, "") if self._table is None else (self._table.descriptor, self._table.epoch)
        self._channel.send(HandOver(settings, self._listeners, self._their_lifeline, descriptor, epoch))
        exited: asyncio.Future[int] = loop.create_future()
        threading.Thread(target=self._wait, args=(loop, exited), name=f"worker-{self.number}", daemon=True).start()
        listening = asyncio.create_task(self._listen())
        self._watch = asyncio.create_task(self._see_to_the_end(exited, listening))

    def go(self) -> None:
        self._channel.send(Go())

    async def ask(self, question: Question, limit_seconds: float) -> JsonObject | None:
        if self.state is State.ENDED:
            return None
        number = next(self._questions)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._channel.send(Ask(number, question))
            async with asyncio.timeout(limit_seconds):
                answer = await self._waiting[number]
        except TimeoutError:
            return None
        finally:
            del self._waiting[number]
        if question == "metrics" and answer is not None:
            self.last_metrics = answer
        return answer

    def drain(self) -> None:
        if self.state is not State.ENDED:
            self.state = State.DRAINING
            self._channel.send(Drain())

    def kill(self) -> None:
        self._process.kill()

    def _wait(self, loop: asyncio.AbstractEventLoop, exited: "asyncio.Future[int]") -> None:
        code = self._process.wait()
        # The loop may have ended before this worker: then nobody asks any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(exited.set_result, code)

    async def _listen(self) -> None:
        try:
            while (message := await self._channel.receive()) is not None:
                match message:
                    case Ready():
                        self._ready_at = time.monotonic()
                        if self.state is State.STARTING:
                            self.state = State.READY
                        self.ready.set()
                    case Answer(number, body):
                        if number in self._waiting and not self._waiting[number].done():
                            self._waiting[number].set_result(body)
                    case Failed():
                        self._failed = message
                    case Farewell(metrics):
                        self.last_metrics = metrics
                    case _:
                        self._break_off(f"a worker does not say {type(message).__name__}")
        except NotUnderstood as broken:
            self._break_off(str(broken))

    def _break_off(self, sentence: str) -> None:
        self._failed = Failed("crashed", sentence)
        self.kill()

    async def _see_to_the_end(self, exited: "asyncio.Future[int]", listening: "asyncio.Task[None]") -> None:
        code = await exited
        await asyncio.wait([listening], timeout=_LAST_LINE_SECONDS)
        listening.cancel()
        await self._channel.close()
        os.close(self._lifeline)
        self.state = State.ENDED
        for question in self._waiting.values():
            if not question.done():
                question.set_result(None)
        lived = None if self._ready_at is None else time.monotonic() - self._ready_at
        self.ended.set_result(Ending(_words_for(code), lived, self._failed, in_order=code == 0))


def _words_for(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


@contextlib.contextmanager
def _held_back(*signals: signal.Signals) -> Iterator[None]:
    """Let the child begin with these blocked: the terminal sends them to it too, before it can say how to take them.

    Blocked rather than ignored, so that a Ctrl-C in this very moment still reaches the supervisor.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
