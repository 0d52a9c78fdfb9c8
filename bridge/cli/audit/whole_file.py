"""A file that a person asked for, whole or not at all; what stands in the way is told as an error of a command."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from backend import whole_file as file_itself
from backend.errors import DiskFull, FilesError, UsageError

_NO_SPACE: Final = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
# What the person named cannot be written, whatever the disk is like.
_NOT_THERE: Final = (FileNotFoundError, NotADirectoryError, PermissionError)


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    try:
        with file_itself.whole_file(path) as file:
            yield file
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise DiskFull(f"no space is left for {path}: free some space, then try again") from error
        if isinstance(error, _NOT_THERE):
            raise UsageError(f"cannot write {path}: {os.strerror(error.errno or 0)}") from error
        raise FilesError(f"cannot write {path}: {os.strerror(error.errno or 0)}") from error
