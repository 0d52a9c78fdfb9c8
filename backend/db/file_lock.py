"""A lock between processes that its holder's death releases: the operating system's lock on a file.

The file stays when the lock is released. Removing it would let in two holders: one on the file that is gone and one on
the file made anew.
"""

import os
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Final, Protocol

_OWNER_ONLY: Final = 0o600
_FIRST_NAP_SECONDS: Final = 0.0002
_LONGEST_NAP_SECONDS: Final = 0.002


class Locking(Protocol):
    """The two calls that differ between platforms."""

    def try_lock(self, descriptor: int) -> bool: ...

    def unlock(self, descriptor: int) -> None: ...


class PosixLocking:
    """flock: it belongs to the open file, so two holders in one process exclude each other as well."""

    def __init__(self, fcntl: ModuleType) -> None:
        self._fcntl = fcntl

    def try_lock(self, descriptor: int) -> bool:
        try:
            self._fcntl.flock(descriptor, self._fcntl.LOCK_EX | self._fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def unlock(self, descriptor: int) -> None:
        self._fcntl.flock(descriptor, self._fcntl.LOCK_UN)


class WindowsLocking:
    """msvcrt's lock on the first byte, which need not exist."""

    def __init__(self, msvcrt: ModuleType) -> None:
        self._msvcrt = msvcrt

    def try_lock(self, descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            self._msvcrt.locking(descriptor, self._msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def unlock(self, descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        self._msvcrt.locking(descriptor, self._msvcrt.LK_UNLCK, 1)


def platform_locking() -> Locking:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 -- Windows only

        return WindowsLocking(msvcrt)
    import fcntl  # noqa: PLC0415 -- everywhere else

    return PosixLocking(fcntl)


class FileLock:
    """One holder at a time over all processes. Not inherited by children; used by one thread at a time."""

    def __init__(self, path: Path, locking: Locking | None = None) -> None:
        self._path = path
        self._locking = locking or platform_locking()
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        return self._descriptor is not None

    def try_acquire(self) -> bool:
        return self.acquire(0)

    def acquire(self, timeout_seconds: float) -> bool:
        """Wait for the lock. It is asked for again and again: a blocking call could neither time out nor be ended."""
        if self._descriptor is not None:
            return False
        # os.open makes descriptors that a child does not inherit.
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY)
        try:
            taken = self._wait(descriptor, time.monotonic() + timeout_seconds)
        except BaseException:
            os.close(descriptor)
            raise
        if taken:
            self._descriptor = descriptor
        else:
            os.close(descriptor)
        return taken

    def _wait(self, descriptor: int, end: float) -> bool:
        nap = _FIRST_NAP_SECONDS
        while not self._locking.try_lock(descriptor):
            if time.monotonic() >= end:
                return False
            time.sleep(nap)
            nap = min(nap * 2, _LONGEST_NAP_SECONDS)
        return True

    def release(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            try:
                self._locking.unlock(descriptor)
            finally:
                os.close(descriptor)
