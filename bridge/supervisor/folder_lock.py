"""One bridge to a data folder: a lock of the operating system, which ends with its holder however that ends."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from backend.db.file_lock import FileLock
from backend.errors import AlreadyRunning, DataFolderError

LOCK_NAME: Final = "serve.lock"
# Who holds the lock, for people. A file of its own: Windows lets nobody else read a locked one.
HOLDER_NAME: Final = "serve.pid"


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; AlreadyRunning names the process that has it."""
    lock = FileLock(folder / LOCK_NAME)
    holder = folder / HOLDER_NAME
    try:
        if not lock.try_acquire():
            raise AlreadyRunning(
                f"a bridge is running already in the data folder {folder} (process {_holder(holder)}): "
                "stop it, or name another folder in TOOLBOXAI_DATA_DIR"
            )
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        raise DataFolderError(
            f"the lock {folder / LOCK_NAME} cannot be opened ({reason}): give the data folder to this account"
        ) from None
    try:
        with contextlib.suppress(OSError):
            # Only a courtesy: a full disk has a check of its own, with a sentence of its own.
            holder.write_text(f"{os.getpid()}\n", encoding="ascii")
        yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink()
        lock.release()


def _holder(file: Path) -> str:
    try:
        return str(int(file.read_text(encoding="ascii")))
    except (OSError, ValueError):
        return "unknown"
