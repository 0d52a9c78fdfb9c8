"""Programs that tests start: an own process group each, ended whatever happens to the test run."""

import atexit
import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

START_SECONDS = 30.0
END_SECONDS = 10.0


class ServerFailed(Exception):
    """A server that the tests need did not start: the run fails, it does not skip."""


class Process:
    def __init__(self, arguments: Sequence[str | Path], *, log: Path, user: int | None = None) -> None:
        self._log = log
        with log.open("ab") as output:
            # A group of its own: Ctrl-C in the terminal is for pytest, whose cleanup then ends the server in order.
            self.process = subprocess.Popen(
                [str(argument) for argument in arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
        atexit.register(self.end)

    def wait_until(self, ready: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + START_SECONDS
        while not ready():
            if self.process.poll() is not None or time.monotonic() > end:
                self.end()
                raise ServerFailed(f"{what} did not start:\n{self._log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.01)

    def end(self, how: signal.Signals = signal.SIGINT) -> None:
        atexit.unregister(self.end)
        if self.process.poll() is None:
            self.process.send_signal(how)
            try:
                self.process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(END_SECONDS)
