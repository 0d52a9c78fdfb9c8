"""The passwords that were stolen elsewhere, looked up in a file without a question to anybody.

The file: 8 bytes that name the form, 8 bytes with the number of entries, then the first 8 bytes of each SHA-1, sorted.
Among a thousand million entries, a password that is on no list is taken for a listed one once in 2**34 times.
"""

import hashlib
import mmap
import struct
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from backend.errors import FilesError
from backend.secret import Secret

FORM: Final = b"TBXPWND1"
ENTRY_BYTES: Final = 8
COUNT: Final = struct.Struct(">Q")
HEADER_BYTES: Final = len(FORM) + COUNT.size


class Breached:
    """An open list; it costs address space, and memory only as far as the system has some to spare."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # an empty file is no value for mmap
            raise FilesError(f"The list of breached passwords {path} cannot be opened: {error}.") from error
        self._count = (len(self._map) - HEADER_BYTES) // ENTRY_BYTES
        if self._map[:HEADER_BYTES] != FORM + COUNT.pack(max(self._count, 0)) or len(self._map) % ENTRY_BYTES:
            self._map.close()
            raise FilesError(f"{path} is not a whole list of breached passwords; make it anew from the download.")

    def __len__(self) -> int:
        return self._count

    def holds(self, password: Secret) -> bool:
        """Whether a password is on the list; reads up to thirty pages of the file."""
        wanted = hashlib.sha1(password.reveal().encode("utf-8"), usedforsecurity=False).digest()[:ENTRY_BYTES]
        first, after = 0, self._count
        while first < after:
            middle = (first + after) // 2
            if self._entry(middle) < wanted:
                first = middle + 1
            else:
                after = middle
        return first < self._count and self._entry(first) == wanted

    def close(self) -> None:
        self._map.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _entry(self, number: int) -> bytes:
        start = HEADER_BYTES + number * ENTRY_BYTES
        return self._map[start : start + ENTRY_BYTES]
