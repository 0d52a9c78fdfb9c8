"""Servers with many WebSockets each, and the one process that reads all of them."""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.peers.environment import ROOT, python

READERS: Final = 1_000
_UPGRADE: Final = (
    "GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


class Told:
    """A process that answers each line with one."""

    def __init__(self, *command: str, cpu: int) -> None:
        wanted = cpu % (os.cpu_count() or 1)
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {wanted}),  # noqa: PLW1509 - no threads here
        )

    def read(self) -> Any:
        stdout = self._process.stdout
        line = stdout.readline() if stdout else ""
        if not line:
            raise RuntimeError("what is measured has ended")
        return json.loads(line)

    def say(self, **said: object) -> None:
        if self._process.stdin:
            self._process.stdin.write(f"{json.dumps(said)}\n")
            self._process.stdin.flush()

    def ask(self, **said: object) -> Any:
        self.say(**said)
        return self.read()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def end(self) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()


@dataclass(frozen=True, slots=True)
class Round:
    cpu_seconds: float
    seconds: float
    # From when a message was published until each reader had it.
    waits: list[float]
    # How long the server wrote.
    wrote_seconds: float


class Hall:
    def __init__(self, folder: Path, url: str | None = None) -> None:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        module = (sys.executable, "-P", "-m")
        self.sinks = Told(*module, "tests.benchmarks.fanout.sinks", cpu=1)
        self._running = [self.sinks]
        far = () if url is None else (url,)
        self._command = (*module, "tests.benchmarks.fanout.own_server", str(folder), str(READERS), *far)
        self._servers: dict[str, Told] = {}
        self.start_own()

    def open_own(self, name: str, begin: str = "latest", *, room_bytes: int | None = None) -> None:
        """Have a row of readers of the product, who can be made to take little at a time."""
        opened = self.own.ask(do="heads", name=name, begin=begin)
        self.sinks.ask(do="open", name=name, port=self.own_port, room=room_bytes, **opened)
        self._servers[name] = self.own

    def start_own(self) -> None:
        """Start the product, or start it again in the same folder."""
        self.own = self._started(*self._command)
        self.own_port = self.own.read()

    def open_aiohttp(self) -> None:
        self._open("aiohttp", sys.executable, "-P", "-m", "tests.benchmarks.fanout.aiohttp_server")

    def open_bare(self) -> None:
        self._open("bare", sys.executable, "-P", "-m", "tests.benchmarks.fanout.bare_server")

    def open_peer(self, name: str) -> None:
        """Have a server of another package; NotInstalled where it cannot be had."""
        self._open(name, str(python()), "-m", f"tests.benchmarks.peers.fanout_{name}")

    def resumed(self, name: str, cursor: str, missed: int) -> float:
        """Come back with all of a row from a place; return how long it took until each had what it missed."""
        opened = self.own.ask(do="heads", name=name, begin=cursor)
        begun = time.perf_counter()
        self.sinks.ask(do="open", name=name, port=self.own_port, drained=False, **opened)
        self.sinks.say(do="take", name=name, each=missed, times=False)
        if self.sinks.read() != "ready":
            raise RuntimeError("the readers are not ready")
        ended: float = self.sinks.read()["ended"]
        return ended - begun

    def close(self, name: str) -> None:
        self.sinks.ask(do="close", name=name)

    def told(self, name: str, count: int, due: int, *, pause: float = 0.0) -> Round:
        """Have a server tell all its readers so many times so many messages, and wait until everybody has them."""
        self.sinks.say(do="take", name=name, each=count * due, times=pause > 0)
        if self.sinks.read() != "ready":
            raise RuntimeError("the readers are not ready")
        begun = self._servers[name].ask(do="tell", name=name, count=count, due=due, pause=pause)
        taken = self.sinks.read()
        waits = [each - at for at, times in zip(begun.get("at", ()), taken["times"], strict=False) for each in times]
        wrote = begun.get("ended", begun["begun"]) - begun["begun"]
        return Round(begun["cpu"], taken["ended"] - begun["begun"], waits, wrote)

    def end(self) -> None:
        for each in reversed(self._running):
            each.end()

    def _open(self, name: str, *command: str) -> None:
        server = self._servers[name] = self._started(*command)
        port = server.read()
        heads = [_UPGRADE.format(port=port)] * READERS
        self.sinks.ask(do="open", name=name, port=port, heads=heads, first=[])

    def _started(self, *command: str) -> Told:
        started = Told(*command, cpu=0)
        self._running.append(started)
        return started


@contextmanager
def opened() -> Iterator[Hall]:
    with tempfile.TemporaryDirectory() as made:
        hall = Hall(Path(made))
        try:
            yield hall
        finally:
            hall.end()
