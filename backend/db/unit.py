"""A unit of work: what a service sees of the database.

A unit is an `async def` that takes a Transaction and awaits nothing else. On SQLite it runs whole in the thread of the
one writer, together with other units in one commit; on PostgreSQL in a transaction of its own. It holds a lock that
others wait for, so an outgoing call, a sleep or a password hash has no place in it: awaiting one is refused.
"""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import CursorResult, Executable, TextClause
from sqlalchemy.sql.elements import ReleaseSavepointClause, RollbackToSavepointClause, SavepointClause

from backend.db.config import Dialect
from backend.db.fresh import FreshRows
from backend.errors import DatabaseUnavailable

T = TypeVar("T")
Params = Mapping[str, object] | Sequence[Mapping[str, object]] | None

_TRANSACTION_WORDS = frozenset({"begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release"})


class UnitRefused(TypeError):
    """The unit broke a rule of units; it was rolled back, and its code has to be mended."""


OVER: Final = "The unit of this transaction has ended; what comes later needs a unit of its own."
FAILED: Final = "A statement of this unit failed and was not caught around `savepoint`: nothing more is accepted."
SWALLOWED: Final = "A unit caught a statement's error without `savepoint` around it; it was rolled back."
WRITES: Final = "A unit given to `read` writes; give it to `write`."


class LockTimeout(DatabaseUnavailable):
    """Other work held a lock for longer than this unit may wait for it."""


class Transaction(Protocol):
    dialect: Dialect
    tenant: str | None
    """Whose unit it is: the only one whose rows it reaches, and without one no rows of tenants at all."""
    fresh: FreshRows | None
    """The outbox runner of this process, if there is one; `enqueue` asks it, nobody else has to."""

    async def execute(self, statement: Executable, params: Params = None) -> CursorResult[Any]:
        """Run one statement; the rows are in memory when it returns.

        After an error nothing more is accepted unless it was caught around `savepoint`: PostgreSQL demands it, and
        SQLite is held to the same, so that what works on one works on the other.
        """
        ...

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """Roll back to here when the block is left by an exception, which goes on."""
        ...

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call back in the event loop's thread after the commit, before `write` returns.

        Dropped with the savepoint or the unit it was asked for in.
        """
        ...


Unit = Callable[[Transaction], Coroutine[Any, Any, T]]


class Database(Protocol):
    dialect: Dialect
    fresh: FreshRows | None

    async def read(self, unit: Unit[T], *, tenant: str | None = None) -> T:
        """Run a unit of a tenant, or of none, on one snapshot; the database itself refuses a write."""
        ...

    async def write(self, unit: Unit[T], *, tenant: str | None = None) -> T:
        """Run a unit and return after its COMMIT has been acknowledged.

        An exception of the unit comes out unchanged, after its rollback. DatabaseUnavailable means that nobody can say
        the unit was kept: nothing of it may be reported as done.
        """
        ...

    async def shed_old_pages(self) -> None:
        """Let nothing that was deleted be left in the files, as far as this program can see to that.

        On SQLite the log is emptied. On PostgreSQL VACUUM does it in its own time, and what went into archives of the
        log and into backups stays there: so what is personal is sealed, and its key goes.
        """
        ...

    async def ping(self) -> None:
        """Raise DatabaseUnavailable unless the database answers a query now."""
        ...


def unconfirmed(reason: str | None) -> DatabaseUnavailable:
    """Return what is told of a COMMIT that failed: it may have been kept all the same."""
    because = "" if reason is None else f" ({reason})"
    return DatabaseUnavailable(
        f"The database did not confirm the work{because}, and whether it was kept is not known; "
        "send it again with the same idempotency key."
    )


def refuse_transaction_words(statement: Executable) -> None:
    """Keep a statement from ending the transaction that other units share, or a savepoint that is not its own."""
    if isinstance(statement, (SavepointClause, RollbackToSavepointClause, ReleaseSavepointClause)):
        raise UnitRefused("A unit of work sends no savepoints; `savepoint` of its transaction makes one.")
    if isinstance(statement, TextClause):
        word = statement.text.split(maxsplit=1)[0].rstrip(";").lower() if statement.text.strip() else ""
        if word in _TRANSACTION_WORDS:
            raise UnitRefused(f"A unit of work does not send {word.upper()}: that is done for it.")
