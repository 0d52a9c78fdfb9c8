"""Where lines leave the process: whole lines, and many in one write where many come at once."""

import asyncio
import os
import select
import threading
from typing import Final

# Where standard error does not block, a reader that stalls for longer loses lines; they are counted.
STALL_SECONDS: Final = 1.0


class LogSink:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting: list[bytes] = []
        # Held for a write too, so that lines of two threads neither overtake nor cut into each other.
        self._lock = threading.Lock()
        self._cut = b""
        self.lost = 0

    def write(self, line: bytes) -> None:
        """Write one line now, from any thread, after those that wait."""
        with self._lock:
            self._waiting.append(line)
            self._write_waiting()

    def write_with_tick(self, line: bytes, loop: asyncio.AbstractEventLoop) -> None:
        """Write one line together with all others of this tick of the loop."""
        with self._lock:
            if not self._waiting:
                loop.call_soon(self.flush)
            self._waiting.append(line)

    def flush(self) -> None:
        with self._lock:
            self._write_waiting()

    def _write_waiting(self) -> None:
        lines, self._waiting = self._waiting, []
        if lines and not self._written(self._cut + b"\n".join((*lines, b""))):
            self.lost += len(lines)
            # What came through may end inside a line; the next one begins on its own.
            self._cut = b"\n"
        elif lines:
            self._cut = b""

    def _written(self, data: bytes) -> bool:
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._descriptor, view) :]
            except BlockingIOError:
                if not self._takes_more():
                    return False
            except OSError:
                return False  # nobody reads any more
        return True

    def _takes_more(self) -> bool:
        try:
            return bool(select.select((), (self._descriptor,), (), STALL_SECONDS)[1])
        except OSError:
            return False  # Windows can wait for sockets only
