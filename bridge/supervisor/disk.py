"""Whether the disk takes what is written to it, found out by writing."""

import errno
import os
from pathlib import Path
from typing import Final

from backend.errors import DataFolderError, DiskFull, OperatorError

# More than one block of any file system, so that the probe really needs space.
PROBE_BYTES: Final = 64 * 1024
_NO_SPACE: Final = (
    {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC, errno.EFBIG}
)


def probe_disk(folder: Path) -> None:
    """Write, fsync and remove a small file; DiskFull or DataFolderError when that does not work."""
    probe = folder / f".probe-{os.getpid()}"
    try:
        try:
            with probe.open("xb", buffering=0) as file:
                # Not zeros: a file system that compresses would need no space for them.
                _write_all(file.fileno(), os.urandom(PROBE_BYTES))
                os.fsync(file.fileno())
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise _sentence(error, folder) from None


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _sentence(error: OSError, folder: Path) -> OperatorError:
    if error.errno in _NO_SPACE:
        return DiskFull(f"no space is left for the data folder {folder}: free some space on its disk, then start again")
    reason = (error.strerror or type(error).__name__).lower()
    return DataFolderError(
        f"the data folder {folder} does not take a file ({reason}): "
        "make it writable, or name another folder in TOOLBOXAI_DATA_DIR"
    )
