"""A worker never outlives its supervisor, even when its event loop hangs."""

import contextlib
import os
import threading
import time
from collections.abc import Callable
from typing import Final

ORPHANED_EXIT_CODE: Final = 70


class Lifeline(threading.Thread):
    """Waits on a pipe whose other end only the supervisor holds: the kernel closes it however the supervisor ends."""

    def __init__(self, pipe: int, cut: Callable[[], None], *, limit_seconds: float) -> None:
        super().__init__(name="lifeline", daemon=True)
        self._pipe = pipe
        self._cut = cut
        self._limit_seconds = limit_seconds

    def run(self) -> None:
        os.read(self._pipe, 1)
        with contextlib.suppress(RuntimeError):  # the event loop is closed already: the worker ends by itself
            self._cut()
        time.sleep(self._limit_seconds)
        os._exit(ORPHANED_EXIT_CODE)
