"""A lock between processes."""

import errno
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest

from backend.db.file_lock import FileLock, Locking, WindowsLocking, platform_locking

HOLD = """
import sys, pathlib
from backend.db.file_lock import FileLock
lock = FileLock(pathlib.Path(sys.argv[1]))
print(lock.try_acquire(), flush=True)
sys.stdin.read()
"""


class Msvcrt(ModuleType):
    """Windows' byte locks as far as they are used: mandatory, of one byte, refused with EACCES."""

    LK_NBLCK = 2
    LK_UNLCK = 0
    _locked: ClassVar[dict[tuple[int, int], int]] = {}

    def locking(self, descriptor: int, mode: int, count: int) -> None:
        assert count == 1
        about = os.fstat(descriptor)
        key = (about.st_dev, about.st_ino)
        assert os.lseek(descriptor, 0, os.SEEK_CUR) == 0
        if mode == self.LK_UNLCK:
            if self._locked.get(key) != descriptor:
                raise PermissionError(errno.EACCES, "not locked by this descriptor")
            del self._locked[key]
        elif key in self._locked:
            raise PermissionError(errno.EACCES, "locked")
        else:
            self._locked[key] = descriptor


@pytest.fixture(params=["this platform", "windows"])
def locking(request: pytest.FixtureRequest) -> Locking:
    return platform_locking() if request.param == "this platform" else WindowsLocking(Msvcrt("msvcrt"))


def test_one_at_a_time_holds_it(tmp_path: Path, locking: Locking) -> None:
    first, second = (FileLock(tmp_path / "lock", locking) for _ in range(2))

    assert first.try_acquire()
    assert (first.held, second.try_acquire(), second.held) == (True, False, False)
    first.release()
    assert (first.held, second.try_acquire()) == (False, True)
    second.release()


def test_a_holder_does_not_take_it_twice(tmp_path: Path, locking: Locking) -> None:
    lock = FileLock(tmp_path / "lock", locking)
    assert lock.try_acquire()

    assert not lock.try_acquire()
    lock.release()
    lock.release()
    assert lock.try_acquire()
    lock.release()


def test_waiting_ends_with_its_time(tmp_path: Path, locking: Locking) -> None:
    holder = FileLock(tmp_path / "lock", locking)
    assert holder.try_acquire()

    assert not FileLock(tmp_path / "lock", locking).acquire(0.05)
    holder.release()


def test_the_file_stays_and_is_its_owners_alone(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    assert lock.try_acquire()
    lock.release()

    assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform != "linux", reason="counts in /proc")
def test_no_descriptor_is_left_open(tmp_path: Path, locking: Locking) -> None:
    before = sorted(Path("/proc/self/fd").iterdir())
    lock, other = (FileLock(tmp_path / "lock", locking) for _ in range(2))
    assert lock.try_acquire()
    assert not other.try_acquire()
    lock.release()

    assert sorted(Path("/proc/self/fd").iterdir()) == before


def test_another_process_is_kept_out_until_it_dies(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-P", "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        lock = FileLock(path)
        assert not lock.try_acquire()
        holder.kill()
        assert lock.acquire(10)
        lock.release()
    finally:
        holder.kill()
        holder.communicate()


def test_a_child_does_not_inherit_it(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    assert lock.try_acquire()
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)
    try:
        lock.release()
        assert FileLock(tmp_path / "lock").try_acquire()
    finally:
        child.communicate(b"\n")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FileLock(tmp_path / "gone" / "lock").try_acquire()
