"""Take turns with other processes that write the same SQLite file.

SQLite's own waiting (busy_timeout) sleeps for longer and longer times, so a process that writes without a pause
starves the others for seconds. Here a writer takes `next`, then `turn`, then gives `next` back: who waits for `turn`
is alone in waiting for it, and the writer who had it last stands behind him, at `next`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backend.db.file_lock import FileLock
from backend.errors import DatabaseUnavailable


class Turnstile:
    def __init__(self, database: Path, *, wait_seconds: float) -> None:
        self._next = FileLock(database.with_name(database.name + "-next"))
        self._turn = FileLock(database.with_name(database.name + "-turn"))
        self._wait_seconds = wait_seconds

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Hold the turn. Release it only when the transaction has ended."""
        try:
            self._take()
        except OSError as error:
            raise DatabaseUnavailable("The lock files beside the database cannot be used; nothing was kept.") from error
        try:
            yield
        finally:
            self._turn.release()

    def _take(self) -> None:
        if not self._next.acquire(self._wait_seconds):
            raise DatabaseUnavailable("Other processes write without a pause; nothing was kept. Try again.")
        try:
            if not self._turn.acquire(self._wait_seconds):
                raise DatabaseUnavailable("Another process does not end its write; nothing was kept. Try again.")
        finally:
            self._next.release()
