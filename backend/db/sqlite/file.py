"""A SQLite file as the driver sees it. SQLAlchemy is not imported here: a start that finds nothing to do is quick."""

import sqlite3
from collections import deque
from pathlib import Path
from typing import Any, Final

from backend.errors import DatabaseError

# Marks a file as ours, so that another program's database is refused instead of filled with our tables. "TBXA".
APPLICATION_ID: Final = 0x54425841
_CACHED_STATEMENTS: Final = 512


class BufferedCursor(sqlite3.Cursor):
    """Fetches all rows at once: a statement left half read would hold its snapshot, or the commit, up."""

    def execute(self, sql: str, parameters: Any = ()) -> "BufferedCursor":
        super().execute(sql, parameters)
        if self.description is not None:
            self._rows: deque[Any] = deque(super().fetchall())
        return self

    def fetchone(self) -> Any:
        return self._rows.popleft() if self._rows else None

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        return [self._rows.popleft() for _ in range(min(size or 1, len(self._rows)))]

    def fetchall(self) -> list[Any]:
        rows = list(self._rows)
        self._rows.clear()
        return rows

    def __next__(self) -> Any:
        if not self._rows:
            raise StopIteration
        return self._rows.popleft()


class Connection(sqlite3.Connection):
    def cursor(self, factory: Any = BufferedCursor) -> Any:
        return super().cursor(factory)


def connect(path: Path, *, busy_milliseconds: int, create: bool = False) -> Connection:
    """Open the file in a mode in which the driver begins nothing by itself."""
    return sqlite3.connect(
        f"{path.as_uri()}?mode={'rwc' if create else 'rw'}",
        uri=True,
        timeout=busy_milliseconds / 1000,
        isolation_level=None,
        cached_statements=_CACHED_STATEMENTS,
        factory=Connection,
    )


def set_and_read_back(raw: sqlite3.Connection, name: str, value: str | int, expected: str | int) -> None:
    raw.execute(f"PRAGMA {name}={value}")
    row = raw.execute(f"PRAGMA {name}").fetchone()
    if row is None or row[0] != expected:
        raise DatabaseError(
            f"SQLite does not keep the setting {name} at {value} (it says {row[0] if row else 'nothing'}); "
            "keep the database on a local disk, not on a network share."
        )


def refuse_foreign(raw: sqlite3.Connection, path: Path) -> None:
    found = raw.execute("PRAGMA application_id").fetchone()[0]
    if found != APPLICATION_ID:
        raise DatabaseError(
            f"{path} is not a database of this program; name another file, or let `toolboxai migrate` make a new one."
        )
