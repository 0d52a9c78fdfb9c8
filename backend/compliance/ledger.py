"""What was erased, in a file outside of the database: after an old backup was restored it is done again.

A line for each thing that happened, each tied to the one before it by a tag of ours, on the disk before anything goes.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import BinaryIO, Final, Literal

from backend.db.file_lock import FileLock
from backend.errors import FilesError
from backend.whole_file import OWNER_ONLY, keep_name
from core_rs import MacKey

Happened = Literal["begun", "step", "finished"]
_FIRST: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    erasure: str
    happened: Happened
    at: int
    """Milliseconds since 1970."""
    tenant_id: str | None
    subject_id: str
    reason: str
    step: str = ""
    rows: int = 0
    previous: str = ""
    tag: str = ""


_NAMES: Final = {field.name for field in fields(Entry)}


class LedgerDamaged(FilesError):
    """A line of the ledger is not what was written there."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the file says."""

    entries: tuple[Entry, ...]
    is_torn: bool
    """Whether a line behind them is not whole: it was being written when the power went, and counts for nothing."""


class Ledger:
    def __init__(self, path: Path, key: bytes, *, wait_seconds: float = 5.0) -> None:
        self._path = path
        self._mac = MacKey(key)
        # Two commands at once would both follow the same line, and nobody could read the ledger any more.
        self._lock = FileLock(path.with_name(f"{path.name}.lock"))
        # Another writes a line and lets go.
        self._wait_seconds = wait_seconds
        self._end: _End | None = None

    def entries(self) -> Sequence[Entry]:
        """Return what it says; LedgerDamaged names the first line that is wrong."""
        return self.read().entries

    def read(self) -> Told:
        """Return what it says and whether its last line is torn; LedgerDamaged names the first line that is wrong."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return Told((), is_torn=False)
        except OSError as error:
            raise FilesError(f"The ledger of erasures {self._path} cannot be read: {error.strerror}.") from None
        whole = _whole(raw)
        return Told(tuple(self._read(whole)), is_torn=len(whole) < len(raw))

    def add(self, entry: Entry) -> None:
        """Write an entry behind the others; it is on the disk when this returns."""
        try:
            if not self._lock.acquire(self._wait_seconds):
                raise FilesError(f"Another command holds the ledger of erasures {self._path}; try again.")
            try:
                self._add(entry)
            finally:
                self._lock.release()
        except OSError as error:
            raise FilesError(f"The ledger of erasures {self._path} cannot be written: {error.strerror}.") from None

    def _add(self, entry: Entry) -> None:
        is_new = not self._path.exists()
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), OWNER_ONLY)
        with os.fdopen(descriptor, "r+b") as file:
            end = self._end_of(file)
            untagged = replace(entry, previous=end.tag, tag="")
            tagged = replace(untagged, tag=self._tag(untagged))
            line = _line(tagged) + b"\n"
            # What was torn is cut off: a line that is not whole counts for nothing.
            file.truncate(end.at)
            file.seek(end.at)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            keep_name(self._path.parent)
        self._end = _End(end.at + len(line), tagged.tag)

    def _end_of(self, file: BinaryIO) -> "_End":
        """Return where the next line goes: as it was left, or read anew if somebody else has written."""
        if self._end is not None and self._end.at == file.seek(0, os.SEEK_END):
            return self._end
        file.seek(0)
        whole = _whole(file.read())
        last = _FIRST
        for entry in self._read(whole):
            last = entry.tag
        return _End(len(whole), last)

    def _read(self, whole: bytes) -> Iterator[Entry]:
        previous = _FIRST
        for number, line in enumerate(whole.split(b"\n")[:-1], start=1):
            entry = _entry(line)
            if entry is None or entry.previous != previous or entry.tag != self._tag(replace(entry, tag="")):
                raise LedgerDamaged(
                    f"Line {number} of the ledger of erasures {self._path} was changed, or a line before it is gone; "
                    "put it back from where you keep its copy."
                )
            previous = entry.tag
            yield entry

    def _tag(self, untagged: Entry) -> str:
        return self._mac.mac(_line(untagged)).hex()


@dataclass(frozen=True, slots=True)
class _End:
    at: int
    tag: str


def _whole(raw: bytes) -> bytes:
    return raw[: raw.rfind(b"\n") + 1]


def _line(entry: Entry) -> bytes:
    """Return the only way in which an entry is written, so that an edit that means the same is seen as well."""
    return json.dumps(asdict(entry), separators=(",", ":"), sort_keys=True).encode("ascii")


def _entry(line: bytes) -> Entry | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.keys() != _NAMES:
        return None
    entry = Entry(**told)
    return entry if _line(entry) == line else None
