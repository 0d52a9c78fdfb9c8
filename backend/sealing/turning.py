"""What a rotation does to the key file, by one process at a time: a version that is written over is lost for good."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from backend.db.file_lock import FileLock
from backend.errors import AlreadyRunning, FilesError
from backend.sealing.master_keys import MasterKeys


@contextlib.contextmanager
def one_at_a_time(path: Path) -> Iterator[None]:
    """Keep a second rotation out; AlreadyRunning says that one runs."""
    lock = FileLock(path.with_name(f"{path.name}.lock"))
    try:
        taken = lock.try_acquire()
    except OSError as error:
        raise FilesError(f"The key file {path} cannot be locked: {error.strerror}.") from None
    if not taken:
        raise AlreadyRunning(f"The master keys in {path} are being rotated already: wait until that has ended")
    try:
        yield
    finally:
        lock.release()


def turned(keys: MasterKeys, *, made_at: int, is_unfinished: bool) -> MasterKeys:
    """Return the keys with another version in use: the one that waits, or a new one.

    They stay as they are where a rotation to the newest was stopped: it goes on first.
    """
    if not keys.keys[-1].in_use:
        return keys.with_last_in_use()
    return keys if is_unfinished else keys.with_another(made_at=made_at, in_use=True)
