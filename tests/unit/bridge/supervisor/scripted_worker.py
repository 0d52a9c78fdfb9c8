"""A worker that does what a test says; tests/integration/serve holds the real ones to the same behaviour."""

import asyncio

from bridge.supervisor.worker import Ending, State
from bridge.worker.json_value import JsonObject
from bridge.worker.messages import Failed, Question


class ScriptedWorker:
    def __init__(self, number: int) -> None:
        self.number = number
        self.pid = 1000 + number
        self.state = State.STARTING
        self.last_metrics: JsonObject | None = None
        self.answers: dict[Question, JsonObject | None] = {}
        self.ready = asyncio.Event()
        self.ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self.settings: str | None = None
        self.heard: list[str] = []
        self.drains_in_order = True

    async def start(self, settings: str) -> None:
        self.settings = settings

    def go(self) -> None:
        self.heard.append("go")

    async def ask(self, question: Question, limit_seconds: float) -> JsonObject | None:  # noqa: ARG002
        answer = self.answers.get(question)
        if question == "metrics" and answer is not None:
            self.last_metrics = answer
        return answer

    def drain(self) -> None:
        self.heard.append("drain")
        if self.drains_in_order and not self.ended.done():
            self.end("exit code 0", in_order=True)

    def kill(self) -> None:
        self.heard.append("kill")
        if not self.ended.done():
            self.end("SIGKILL")

    def become_ready(self) -> None:
        self.state = State.READY
        self.ready.set()

    def end(self, how: str = "SIGKILL", *, sentence: str | None = None, in_order: bool = False) -> None:
        lived = 1.0 if self.ready.is_set() else None
        self.state = State.ENDED
        failed = None if sentence is None else Failed("crashed", sentence)
        self.ended.set_result(Ending(how, lived, failed, in_order=in_order))
