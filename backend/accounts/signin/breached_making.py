"""Turns the download of breached passwords (`SHA1:count` a line, ordered by hash) into the file that `Breached` reads.

The download may have tens of gigabytes: it is read once, in pieces, and never held.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

from backend.accounts.signin.breached import COUNT, ENTRY_BYTES, FORM
from backend.errors import FilesError
from backend.whole_file import OWNER_AND_READERS, whole_file

_PIECE_BYTES: Final = 1 << 20
# 40 digits, a colon and a count; more without a line's end is another kind of file.
_LONGEST_LINE_BYTES: Final = 100
_LINE: Final = re.compile(rb"([0-9A-Fa-f]{40}):([0-9]{1,19})\r?", re.ASCII)

Progress = Callable[[int, int], None]
"""Told how many bytes were read so far, and how many there are."""


def make(source: Path, target: Path, *, progress: Progress | None = None, seen_at_least: int = 1) -> int:
    """Write the list anew and return the number of its entries; the old one stays until the new one is whole.

    Leaving out what was seen seldom makes the file smaller, at the price of what is left out.
    """
    try:
        with source.open("rb") as lines, whole_file(target, mode=OWNER_AND_READERS) as made:
            count = _convert(lines, made, progress, seen_at_least)
    except OSError as error:
        raise FilesError(f"The list of breached passwords cannot be written to {target}: {error}.") from error
    return count


def _convert(source: IO[bytes], made: IO[bytes], progress: Progress | None, seen_at_least: int) -> int:
    total = os.fstat(source.fileno()).st_size
    made.write(FORM + COUNT.pack(0))
    count, number = 0, 0
    last_hash, last_entry = b"", b""
    for lines in _lines(source):
        entries = []
        for line in lines:
            number += 1
            found = _LINE.fullmatch(line)
            if found is None:
                raise FilesError(f"Line {number} of the download is not `SHA1:count`; nothing was written.")
            digest = bytes.fromhex(found[1].decode("ascii"))
            if digest <= last_hash:
                raise FilesError(
                    f"Line {number} of the download is not in the order of the hashes; "
                    "download the list that is ordered by hash. Nothing was written."
                )
            last_hash = digest
            entry = digest[:ENTRY_BYTES]
            if int(found[2]) >= seen_at_least and entry != last_entry:
                entries.append(entry)
                last_entry = entry
        made.write(b"".join(entries))
        count += len(entries)
        if progress is not None:
            progress(source.tell(), total)
    made.seek(len(FORM))
    made.write(COUNT.pack(count))
    return count


def _lines(source: IO[bytes]) -> Iterator[list[bytes]]:
    """The lines of each piece; the last line may lack its end."""
    begun = b""
    while piece := source.read(_PIECE_BYTES):
        *lines, begun = (begun + piece).split(b"\n")
        if len(begun) > _LONGEST_LINE_BYTES:
            raise FilesError("The download has a line without an end, so it is not a list of `SHA1:count`.")
        yield lines
    if begun:
        yield [begun]
