"""Empties the write-ahead log: what was deleted stands in it until it is written over."""

import sqlite3
import time
from typing import Final

from backend.db.config import DatabaseConfig
from backend.db.sqlite.connection import prepared
from backend.db.sqlite.failures import reason_of
from backend.db.sqlite.file import set_and_read_back
from backend.errors import DatabaseUnavailable

# Whoever reads at that moment is waited for; units are short. While SQLite waits it lets nobody write, so each try is
# short too: a backup that reads for minutes holds up the erasure, and not the bridge.
_TRIES: Final = 20
_TRY_MILLISECONDS: Final = 50
_PAUSE_SECONDS: Final = 0.1


def shed(config: DatabaseConfig) -> None:
    """Write the log into the file and cut it to nothing; DatabaseUnavailable if others never let go of it."""
    connection = prepared(config)
    try:
        set_and_read_back(connection, "busy_timeout", _TRY_MILLISECONDS, _TRY_MILLISECONDS)
        for _ in range(_TRIES):
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not busy:
                return
            time.sleep(_PAUSE_SECONDS)
    except sqlite3.Error as error:
        because = reason_of(error) or str(error)
        raise DatabaseUnavailable(f"The log of the database could not be emptied: {because}; try again.") from error
    finally:
        connection.close()
    raise DatabaseUnavailable("Others read the database without a pause, so its log could not be emptied; try again.")
