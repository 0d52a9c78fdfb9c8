"""The data folder. Nothing is left in it, and it is not made here."""

import errno
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from backend.db.file_lock import FileLock
from bridge.check_result import CheckResult
from bridge.cli.checks.verdicts import bad, doubtful, good
from bridge.supervisor.data_folder import check_owner
from bridge.supervisor.disk import probe_disk

_MEBIBYTE: Final = 1 << 20
# A start, a migration and the write-ahead log need some tens of MiB; below the second figure it is time to think of it.
_SPACE_NEEDED_BYTES: Final = 64 * _MEBIBYTE
_SPACE_GOOD_BYTES: Final = 1024 * _MEBIBYTE
_NOT_WRITABLE: Final = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR}


def nearest_folder(folder: Path) -> Path:
    """Return the folder itself, or the one above it that is there."""
    return next((each for each in (folder, *folder.parents) if each.exists()), folder)


def check_folder(folder: Path) -> CheckResult:
    there = nearest_folder(folder)
    cure = "give it to this account, or name another folder in TOOLBOXAI_DATA_DIR"
    if not there.is_dir():
        return bad("data_folder", f"{there} is a file", "move it away, or name another folder in TOOLBOXAI_DATA_DIR")
    if not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        return bad("data_folder", f"{there} cannot be written by this account", cure)
    if there != folder:
        return good("data_folder", f"{folder} is not there yet; serve makes it")
    check_owner(folder)
    probe_disk(folder)
    return good("data_folder", f"{folder} is writable, and closed to other accounts")


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(nearest_folder(folder)).free


def check_space(free: int) -> CheckResult:
    seen = f"{free // _MEBIBYTE} MiB free"
    cure = "free some space on the disk of the data folder, or move the folder"
    if free < _SPACE_NEEDED_BYTES:
        return bad("disk_space", f"{seen}, but {_SPACE_NEEDED_BYTES // _MEBIBYTE} MiB are needed", cure)
    if free < _SPACE_GOOD_BYTES:
        return doubtful("disk_space", seen, cure)
    return good("disk_space", seen)


def check_locks(folder: Path, make_lock: Callable[[Path], FileLock] = FileLock) -> CheckResult:
    """Find out whether the file system keeps a second holder out; some network file systems do not."""
    cure = "put the data folder on a local disk"
    try:
        with tempfile.TemporaryDirectory(prefix=".toolboxai-locks-", dir=nearest_folder(folder)) as place:
            first, second = (make_lock(Path(place, "lock")) for _ in range(2))
            try:
                if not first.try_acquire():
                    return bad("file_locks", "the file system gives no lock", cure)
                if second.try_acquire():
                    return bad("file_locks", "the file system gives one lock to two holders", cure)
            finally:
                second.release()
                first.release()
    except OSError as error:
        if error.errno in _NOT_WRITABLE:
            return doubtful("file_locks", "not checked, because the folder cannot be written", "see data_folder")
        return bad("file_locks", f"the file system gives no lock ({error.strerror})", cure)
    return good("file_locks", "the file system keeps a second holder out")
