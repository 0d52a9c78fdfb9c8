"""A file that appears whole or not at all, with its rights from its first byte."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

OWNER_ONLY: Final = 0o600
OWNER_AND_READERS: Final = 0o644


@contextmanager
def whole_file(path: Path, *, mode: int = OWNER_ONLY, is_new: bool = False) -> Iterator[BinaryIO]:
    """Write beside the path and put it in place at the end; what fails before that leaves nothing behind.

    With `is_new` a file that is there already is refused with FileExistsError, and not replaced.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    # Made with its rights: a file that is narrowed afterwards was open for a moment.
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(beside, flags, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            if mode != OWNER_ONLY and os.name == "posix":
                os.fchmod(file.fileno(), mode)  # whatever the mask of the process takes away
            os.fsync(file.fileno())
        if is_new:
            # A link is refused where the name is taken; a rename is not.
            os.link(beside, path)
        else:
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    keep_name(path.parent)


def keep_name(folder: Path) -> None:
    """See that the name survives a power cut too, where folders can be told so."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
