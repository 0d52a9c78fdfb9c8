"""Which errors of PostgreSQL are the server's or the network's and not the statement's own."""

from typing import Final

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backend.db.config import DatabaseConfig
from backend.db.unit import LockTimeout
from backend.errors import DatabaseError, DatabaseUnavailable

LOCK_NOT_AVAILABLE: Final = "55P03"
READ_ONLY_TRANSACTION: Final = "25006"

# Classes and codes of SQLSTATE after which the same unit might well work another time.
_CLASSES: Final = {
    "08": "the connection broke",
    "53": "the server has no room or no connection left",
    "57": "the server ended the work",
    "58": "the server met an error of its disk",
    "XX": "the server met an error of its own",
}
_CODES: Final = {
    LOCK_NOT_AVAILABLE: "other work held a lock for too long",
    READ_ONLY_TRANSACTION: "the server takes no writes",
    "25P03": "the work paused for too long",
    "25P04": "the work took too long",
    "40001": "other work came between",
    "40P01": "two pieces of work waited for each other",
    "57014": "the work took too long",
}
_LOST: Final = (OSError, TimeoutError, PoolTimeout, PendingRollbackError, asyncpg.PostgresConnectionError)

# What only the person at the machine can mend, found when a connection is made.
_CURES: Final = {
    "28": "PostgreSQL does not let this user in at {shown}: see its name, its password and pg_hba.conf.",
    "3D": "PostgreSQL has no such database as {shown}: make it with createdb.",
    "42": "PostgreSQL does not give this user what it needs at {shown}: {error}.",
}


def sqlstate(error: BaseException) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    found = getattr(cause, "sqlstate", None)
    return found if isinstance(found, str) else ""


def unavailable(error: BaseException) -> DatabaseUnavailable | None:
    """Return what the caller is told if the failure is not the statement's own, None if it is."""
    reason = reason_of(error)
    if reason is None:
        return None
    kind = LockTimeout if sqlstate(error) == LOCK_NOT_AVAILABLE else DatabaseUnavailable
    return kind(f"The database cannot be used now: {reason}. Nothing was kept; try again.")


def reason_of(error: BaseException) -> str | None:
    code = sqlstate(error)
    found = _CODES.get(code) or _CLASSES.get(code[:2])
    if found is None and is_lost(error):
        found = "it does not answer"
    if found is None and _caused_by(error, asyncpg.InvalidCachedStatementError):
        found = "its tables were changed a moment ago"
    return found


def is_lost(error: BaseException) -> bool:
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _caused_by(error, *_LOST)
    return isinstance(error, _LOST)


def _caused_by(error: BaseException, *kinds: type[BaseException]) -> bool:
    """SQLAlchemy wraps the adapter's error, which was caused by the driver's."""
    return isinstance(error, DBAPIError) and error.orig is not None and isinstance(error.orig.__cause__, kinds)


def cannot_open(config: DatabaseConfig, error: BaseException) -> DatabaseError | None:
    """Return what a person has to do about a connection that cannot be made; None if it may come back by itself."""
    cure = _CURES.get(sqlstate(error)[:2])
    return None if cure is None else DatabaseError(cure.format(shown=config.shown, error=error))
