"""Reading the settings file and the files that hold a secret."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LIMIT_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True)
class FoundFile:
    content: bytes  # at most one byte more than LIMIT_BYTES, so that a file without end is noticed and not read
    open_to_others: bool  # every account of the machine can read it


def read_file(path: Path) -> FoundFile:
    """Read one file; raises OSError as `open` does."""
    with path.open("rb") as file:
        return FoundFile(file.read(LIMIT_BYTES + 1), os.name == "posix" and _open_to_others(path, file.fileno()))


def _open_to_others(path: Path, descriptor: int) -> bool:
    if not os.fstat(descriptor).st_mode & stat.S_IROTH:
        return False
    # A readable file in a folder that others cannot enter is out of their reach.
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)
