"""How many password hashes run at once in this process, and how many may wait for their turn.

Each running hash takes its memory whole (46 MiB), so the number that runs bounds the memory, and the number that waits
bounds how long anybody waits; whoever comes after that is told so at once. A slot belongs to the thread: someone who
goes away while the hash runs does not make room for the next before the thread has given its memory back.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from backend.accounts.signin.hashing import Hasher, Verified
from backend.errors import SignInBusy
from backend.secret import Secret

T = TypeVar("T")

AT_ONCE: Final = 2
# At 60 ms each and two at once, the last waits about two seconds.
WAITING: Final = 64


class HashQueue:
    """The one way to a hash for a server. Each worker process has its own: the memory is that of all of them."""

    def __init__(self, hasher: Hasher, *, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._hasher = hasher
        # The executor's threads are the slots: it takes the next piece when a thread is done, whoever still listens.
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="hash")
        self._room = at_once + waiting
        self._taken = 0
        # Places are given back in the thread that did the work, or in the loop by somebody who left while waiting.
        self._lock = threading.Lock()

    @property
    def taken(self) -> int:
        """How many hashes run or wait, for a metric."""
        return self._taken

    async def hash(self, password: Secret) -> str:
        return await self._in_turn(lambda: self._hasher.hash(password))

    async def verify(self, stored: str, password: Secret) -> Verified:
        return await self._in_turn(lambda: self._hasher.verify(stored, password))

    async def verify_unknown(self, password: Secret) -> Verified:
        """Answer for somebody who is not there, after the same wait and the same work."""
        return await self._in_turn(lambda: self._hasher.verify_unknown(password))

    async def close(self) -> None:
        """Let what runs and waits come to its end, and take nothing more."""
        await asyncio.to_thread(self._threads.shutdown)

    async def _in_turn(self, work: Callable[[], T]) -> T:
        with self._lock:
            if self._taken >= self._room:
                raise SignInBusy("Too many people are signing in at this moment; try again in a few seconds.")
            self._taken += 1
        try:
            future = self._threads.submit(work)
        except RuntimeError:
            self._leave()
            raise
        future.add_done_callback(self._leave_when_done)
        # Cancelling what wraps it cancels the future while it waits, and does nothing to one that runs.
        return await asyncio.wrap_future(future)

    def _leave_when_done(self, _: Future[T]) -> None:
        self._leave()

    def _leave(self) -> None:
        with self._lock:
            self._taken -= 1
