"""Which errors of SQLite are the machine's, and what a person is told about them."""

import sqlite3
from pathlib import Path
from typing import Final

from backend.errors import DatabaseError, DatabaseUnavailable, DiskFull, OperatorError

_PRIMARY: Final = 0xFF  # the rest of a code says more about the same failure

# Primary codes after which the statement might well work another time, or on a mended machine. What is not here
# (a constraint, a syntax error, a wrong type) is the statement's own fault.
_MACHINE: Final = {
    sqlite3.SQLITE_ABORT: "its transaction was ended",
    sqlite3.SQLITE_BUSY: "another program holds its lock",
    sqlite3.SQLITE_LOCKED: "another program holds its lock",
    sqlite3.SQLITE_NOMEM: "there is no memory left",
    sqlite3.SQLITE_READONLY: "its file may not be written",
    sqlite3.SQLITE_INTERRUPT: "the work took too long",
    sqlite3.SQLITE_IOERR: "reading or writing its file failed",
    sqlite3.SQLITE_CORRUPT: "its file is damaged",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_CANTOPEN: "its file cannot be opened",
    sqlite3.SQLITE_PROTOCOL: "its lock file cannot be used",
    sqlite3.SQLITE_NOTADB: "its file is not a database",
}


def primary_code(error: BaseException) -> int | None:
    # SQLAlchemy wraps the driver's error, and keeps it as `orig`.
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", None)
    return code & _PRIMARY if isinstance(code, int) else None


def unavailable(error: BaseException) -> DatabaseUnavailable | None:
    """Return what the caller is told if the failure is the machine's, None if it is the statement's."""
    reason = reason_of(error)
    if reason is None:
        return None
    return DatabaseUnavailable(f"The database cannot be used now: {reason}. Nothing was kept; try again.")


def reason_of(error: BaseException) -> str | None:
    return _MACHINE.get(primary_code(error) or 0)


# What the person at the machine is told when the file cannot be opened or prepared.
_CURES: Final = {
    sqlite3.SQLITE_CANTOPEN: "The database {path} cannot be opened; let this user read and write its folder.",
    sqlite3.SQLITE_NOTADB: "{path} is not a SQLite database; name another file or move this one away.",
    sqlite3.SQLITE_CORRUPT: "The database {path} is damaged ({error}); restore it from a backup.",
    sqlite3.SQLITE_READONLY: "The database {path} may not be written; give this user the right to write it.",
    sqlite3.SQLITE_BUSY: "Another program holds the lock of {path}; end it and start again.",
}


def cannot_open(path: Path, error: BaseException) -> OperatorError:
    code = primary_code(error)
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(f"The disk that holds {path} is full; make room and start again.")
    if code == sqlite3.SQLITE_CANTOPEN and not path.exists():
        return DatabaseError(f"There is no database at {path}; run `toolboxai migrate` to make it.")
    sentence = _CURES.get(code or 0, "The database {path} cannot be used ({error}); see that its disk works.")
    return DatabaseError(sentence.format(path=path, error=error))
