"""The peers as servers of one worker each, without their access logs."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks import http_load
from tests.benchmarks.peers.environment import ROOT, python
from tests.benchmarks.peers.guard import SESSIONS

FASTAPI: Final = "fastapi"
FLASK: Final = "flask"
_COMMANDS: Final = {
    FASTAPI: "uvicorn --host 127.0.0.1 --port {port} --loop uvloop --http httptools --no-access-log --log-level warning"
    " tests.benchmarks.peers.fastapi_app:app",
    FLASK: "gunicorn --bind 127.0.0.1:{port} --workers 1 --worker-class gthread --threads 4 --keep-alive 75"
    " --log-level warning tests.benchmarks.peers.flask_app:app",
}
_PATIENCE_SECONDS: Final = 30
_LOOK_AGAIN_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class Peer:
    pid: int
    port: int

    def cpu_seconds(self) -> float:
        """Return the processor time of all of its processes."""
        return sum(http_load.cpu_seconds(pid) for pid in (self.pid, *_children(self.pid)))


@contextmanager
def running(name: str, folder: Path, sessions: Mapping[str, str]) -> Iterator[Peer]:
    """Serve until the block is left; `sessions` are K in hex by key id."""
    kept = folder / f"{name}-sessions.json"
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(dict(sessions)), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = (str(python()), "-m", *_COMMANDS[name].format(port=port).split(" "))
    environment = {"PATH": os.environ.get("PATH", ""), SESSIONS: str(kept)}
    log = folder / f"{name}.log"
    with log.open("wb") as lines:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=lines, stderr=lines)
    try:
        until = time.monotonic() + _PATIENCE_SECONDS
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(log.read_text(encoding="utf-8"))
            time.sleep(_LOOK_AGAIN_SECONDS)
        yield Peer(process.pid, port)
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_SECONDS).close()
    except ConnectionRefusedError:
        return False
    return True


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
