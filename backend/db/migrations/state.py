"""At which migration a database is, and whether this program can work with it."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from backend.db.config import DatabaseConfig
from backend.db.migrations.revisions import head, known
from backend.db.sqlite.failures import cannot_open
from backend.db.sqlite.file import connect, refuse_foreign
from backend.errors import DatabaseError

_MAGIC: Final = b"SQLite format 3\0"
_QUERY: Final = "SELECT version_num FROM alembic_version"


async def current(config: DatabaseConfig) -> str | None:
    """Return the revision, or None of a database that is empty or not there yet; DatabaseError for a foreign one."""
    if config.dialect == "sqlite":
        return await asyncio.to_thread(_of_file, config)
    from backend.db.postgresql.revision import of_server  # noqa: PLC0415 -- the driver is for those who use it

    return await of_server(config, _QUERY)


async def assert_current(config: DatabaseConfig) -> None:
    """Refuse a database that another release migrated, or nobody did."""
    found = await current(config)
    refuse_newer(config, found)
    if found != head():
        raise DatabaseError(
            f"The database {config.shown} is at revision {found or 'none'} and this program needs {head()}; "
            "run `toolboxai migrate`."
        )


def refuse_newer(config: DatabaseConfig, found: str | None) -> None:
    if found is not None and found not in known():
        raise DatabaseError(
            f"The database {config.shown} is at revision {found}, which this program does not know (its newest is "
            f"{head()}): it belongs to a newer release. Install that one, or restore a backup made before it."
        )


def _of_file(config: DatabaseConfig) -> str | None:
    path = config.sqlite_path
    if not path.exists():
        return None
    _refuse_other_content(path)
    try:
        with closing(connect(path, busy_milliseconds=config.busy_milliseconds)) as raw:
            tables = {row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables and raw.execute("PRAGMA application_id").fetchone()[0] == 0:
                return None
            refuse_foreign(raw, path)
            row = raw.execute(_QUERY).fetchone() if "alembic_version" in tables else None
            return None if row is None else str(row[0])
    except sqlite3.Error as error:
        raise cannot_open(path, error) from error


def _refuse_other_content(path: Path) -> None:
    # SQLite takes a file of a few bytes for an empty database, and writes over it.
    try:
        with path.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise DatabaseError(f"The database {path} cannot be read: {error.strerror}.") from error
    if start not in (b"", _MAGIC):
        raise DatabaseError(f"{path} is not a SQLite database; name another file or move this one away.")
