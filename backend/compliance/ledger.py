"""What was erased, in a file outside of the database: after an old backup was restored it is done again.

A line for each thing that happened, each tied to the one before it by a tag of ours, on the disk before anything goes.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Final, Literal

from backend.errors import FilesError
from backend.whole_file import OWNER_ONLY
from core_rs import MacKey

Happened = Literal["begun", "step", "finished"]
_FIRST: Final = "0" * 64
_NAMES: Final = {"erasure", "happened", "at", "tenant_id", "subject_id", "reason", "step", "rows", "previous", "tag"}


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


class LedgerDamaged(FilesError):
    """A line of the ledger is not what was written there."""


class Ledger:
    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._mac = MacKey(key)

    def entries(self) -> Sequence[Entry]:
        """Return what it says; LedgerDamaged names the first line that is wrong. A torn last line never happened."""
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise FilesError(f"The ledger of erasures {self._path} cannot be read: {error.strerror}.") from None
        return tuple(self._read(raw))

    def add(self, entry: Entry) -> None:
        """Write an entry behind the others; it is on the disk when this returns."""
        known = self.entries()
        untagged = replace(entry, previous=known[-1].tag if known else _FIRST, tag="")
        line = json.dumps(asdict(replace(untagged, tag=self._tag(untagged))), separators=(",", ":"), sort_keys=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), OWNER_ONLY)
        try:
            with os.fdopen(descriptor, "r+b") as file:
                # What was torn by a power cut is cut off: a line that is not whole counts for nothing.
                content = file.read()
                file.truncate(content.rfind(b"\n") + 1)
                file.seek(0, os.SEEK_END)
                file.write(line.encode("ascii") + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise FilesError(f"The ledger of erasures {self._path} cannot be written: {error.strerror}.") from None

    def _read(self, raw: bytes) -> Iterator[Entry]:
        previous = _FIRST
        whole = raw[: raw.rfind(b"\n") + 1]
        for number, line in enumerate(whole.splitlines(), start=1):
            entry = self._entry(line)
            if entry is None or entry.previous != previous or entry.tag != self._tag(replace(entry, tag="")):
                raise LedgerDamaged(
                    f"Line {number} of the ledger of erasures {self._path} was changed, or a line before it is gone; "
                    "put it back from where you keep its copy."
                )
            previous = entry.tag
            yield entry

    def _entry(self, line: bytes) -> Entry | None:
        try:
            told = json.loads(line)
        except ValueError:
            return None
        if not isinstance(told, dict) or told.keys() != _NAMES:
            return None
        return Entry(**told)

    def _tag(self, untagged: Entry) -> str:
        parts = (str(getattr(untagged, field.name)).encode("utf-8") for field in fields(Entry) if field.name != "tag")
        return self._mac.mac(b"".join(len(part).to_bytes(4) + part for part in parts)).hex()
