"""A whole bridge in processes of its own, from its start to its end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from bridge.supervisor.control_client import Status, running

START_LIMIT_SECONDS: Final = 60
END_LIMIT_SECONDS: Final = 60
LOG_SHOWN_CHARACTERS: Final = 20_000
SLOW_APP: Final = "tests.integration.serve.slow_app"


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    seconds: float
    error: str


def of_workers(count: int, valkey_url: str) -> dict[str, str]:
    """Return the settings for so many workers: the channels of several need a server."""
    return {
        "TOOLBOXAI_WORKERS": str(count),
        "TOOLBOXAI_REALTIME_ENGINE": "redis",
        "TOOLBOXAI_REDIS_URL": valkey_url,
    }


class BridgeProcess:
    """Started by `with`; whatever is left of it is killed at the end."""

    def __init__(self, data_dir: Path, *, module: str = SLOW_APP, settings: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self._log_path = data_dir.with_name(data_dir.name + ".log")
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TOOLBOXAI_")},
            "TOOLBOXAI_DATA_DIR": str(data_dir),
            "TOOLBOXAI_PORT": "0",
            "TOOLBOXAI_OPS_PORT": "0",
            **(settings or {}),
        }
        self._arguments = [sys.executable, "-P", "-m", "tests.integration.serve.launch", module]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        if error is not None:
            sys.stderr.write(self.log[-LOG_SHOWN_CHARACTERS:])

    def begin(self) -> Self:
        """Start it without waiting for anything, as the leader of a process group of its own."""
        with self._log_path.open("ab") as log:
            self.process = subprocess.Popen(
                self._arguments,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                process_group=0,
            )
        return self

    def start(self) -> Self:
        """Start it and wait until it says that it serves."""
        self.begin()
        return self.wait_until_started()

    def wait_until_started(self) -> Self:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"it ended with {self.process.wait()}: {self.log}"
        started = json.loads(line)
        self.urls: list[str] = started["urls"]
        self.ops_url: str = started["ops_url"]
        port = urlsplit(self.urls[0]).port
        assert port is not None
        self.port = port
        return self

    def send(self, number: signal.Signals, *, group: bool = False) -> None:
        if group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def stop(self, number: signal.Signals = signal.SIGTERM, *, group: bool = False) -> Ended:
        began = time.monotonic()
        self.send(number, group=group)
        return self.wait(began)

    def stop_quietly(self) -> int:
        """Stop one whose log nobody keeps, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(END_LIMIT_SECONDS)

    def wait(self, began: float | None = None) -> Ended:
        since = time.monotonic() if began is None else began
        code = self.process.wait(END_LIMIT_SECONDS)
        return Ended(code, time.monotonic() - since, self.log)

    @property
    def status(self) -> Status:
        found = running(self.data_dir, limit_seconds=10)
        assert found is not None
        return found

    @property
    def worker_pids(self) -> list[int]:
        return [worker.pid for worker in self.status.workers]

    def wait_for_workers(self, *, other_than: list[int]) -> list[int]:
        """Wait until every place has a ready worker that is none of these."""
        until = time.monotonic() + START_LIMIT_SECONDS
        while time.monotonic() < until:
            workers = self.status.workers
            if all(worker.state == "ready" and worker.pid not in other_than for worker in workers):
                return [worker.pid for worker in workers]
            time.sleep(0.01)
        raise AssertionError(f"no new worker is ready: {self.log}")

    @property
    def log(self) -> str:
        return self._log_path.read_text() if self._log_path.exists() else ""


def is_alive(pid: int) -> bool:
    """Whether the process still runs; one that has ended and was not yet waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def wait_for_end(*pids: int, limit_seconds: float) -> list[int]:
    """Return those that still run after the limit."""
    until = time.monotonic() + limit_seconds
    while (left := [pid for pid in pids if is_alive(pid)]) and time.monotonic() < until:
        time.sleep(0.005)
    return left
