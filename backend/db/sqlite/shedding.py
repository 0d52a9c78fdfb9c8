"""Empties the write-ahead log: what was deleted stands in it until it is written over."""

import time
from typing import Final

from backend.db.config import DatabaseConfig
from backend.db.sqlite.connection import prepared
from backend.errors import DatabaseUnavailable

# Whoever reads at that moment is waited for; units are short.
_TRIES: Final = 20
_PAUSE_SECONDS: Final = 0.1


def shed(config: DatabaseConfig) -> None:
    """Write the log into the file and cut it to nothing; DatabaseUnavailable if others never let go of it."""
    connection = prepared(config)
    try:
        for _ in range(_TRIES):
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not busy:
                return
            time.sleep(_PAUSE_SECONDS)
    finally:
        connection.close()
    raise DatabaseUnavailable("Others read the database without a pause, so its log could not be emptied; try again.")
