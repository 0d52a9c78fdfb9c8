"""Sends the same request over and over on several connections, with next to no work of its own."""

import selectors
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import repeat
from pathlib import Path
from typing import Final

CONNECTIONS: Final = 32
_PATIENCE_SECONDS: Final = 10
_NANOSECONDS: Final = 1e9


@contextmanager
def _connected(port: int) -> Iterator[tuple[selectors.BaseSelector, list[socket.socket]]]:
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        sockets = []
        for _ in range(CONNECTIONS):
            opened = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE_SECONDS))
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(opened, selectors.EVENT_READ)
            sockets.append(opened)
        yield selector, sockets


def run(port: int, request: bytes, count: int) -> float:
    """Return the seconds that `count` answers took; every one of them has to be a 200."""
    return run_each(port, repeat(request), count)


def run_each(port: int, requests: Iterable[bytes], count: int) -> float:
    """Send another request each time."""
    following = iter(requests)
    with _connected(port) as (selector, sockets):
        started = time.perf_counter()
        for each in sockets:
            each.sendall(next(following))
        sent, answered = len(sockets), 0
        while answered < count:
            ready = selector.select(_PATIENCE_SECONDS)
            if not ready:
                raise TimeoutError("the server has stopped answering")
            for key, _ in ready:
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                answer = connection.recv(65_536)
                if not answer.startswith(b"HTTP/1.1 200"):
                    raise ValueError(answer[:200])
                answered += 1
                if sent < count:
                    connection.sendall(next(following))
                    sent += 1
        return time.perf_counter() - started


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process, all its threads together, in the kernel and outside of it."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text(encoding="ascii").split()[0]) for task in tasks) / _NANOSECONDS
