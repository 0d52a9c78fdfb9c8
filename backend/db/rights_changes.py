"""How a withdrawn right stops being used in every process at once, though each keeps what it has looked up.

What is kept is marked with the generation in which it was read, and counts for nothing in another. A generation is two
numbers: one in the memory that the workers of a host share, raised right after the commit and before its answer leaves,
and one in the database, raised by the change itself and asked for about once a second, for the workers of other hosts
and for a process that died between the two.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Final, Protocol

from sqlalchemy import BigInteger, Executable, select
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.config import Dialect
from backend.db.model import Base
from backend.db.tenancy.tables import global_table
from backend.db.unit import Database, Transaction
from backend.db.upsert import insert_into
from backend.errors import DatabaseUnavailable

POLL_SECONDS: Final = 0.75
# What the database said counts for so long; so a process that cannot ask it uses nothing that it keeps.
TRUST_SECONDS: Final = 2.0
_THE_ROW: Final = 1

_log = logging.getLogger(__name__)

Generation = tuple[int, int]


class RightsChangesRow(Base):
    """One row, for the whole database."""

    __tablename__ = "rights_changes"
    __table_args__ = global_table("one number tells every process of the installation")

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    changes: Mapped[int] = mapped_column(BigInteger)


class Revocations(Protocol):
    """The number in shared memory: a `core_rs.Table`."""

    @property
    def revocations(self) -> int: ...
    def revoke(self) -> int: ...


class RightsChanges:
    """Owned by the application: begun with it, and ended before the database is closed."""

    def __init__(
        self,
        shared: Revocations,
        *,
        poll_seconds: float = POLL_SECONDS,
        trust_seconds: float = TRUST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shared = shared
        self._poll_seconds = poll_seconds
        self._trust_seconds = trust_seconds
        self._clock = clock
        self._changes = 0
        self._trusted_until = float("-inf")

    async def changed(self, tx: Transaction) -> None:
        """Have everybody read their rights anew, once this unit is committed.

        Called by whatever takes or gives rights: a grant, the end of a sign-in or a key, a tenant that is suspended.
        """
        await tx.execute(_raise(tx.dialect))
        tx.after_commit(self._revoke)

    @property
    def generation(self) -> Generation | None:
        """The generation of what is read from now on; None while nobody knows, so that nothing kept may be used."""
        if self._clock() > self._trusted_until:
            return None
        return self._shared.revocations, self._changes

    @property
    def is_known(self) -> bool:
        """Whether this process would know of a change; if not, nothing that it keeps may be used."""
        return self._clock() <= self._trusted_until

    @asynccontextmanager
    async def watched(self, database: Database) -> AsyncIterator[None]:
        """Keep asking the database until the block is left."""
        await self._ask(database)
        watching = asyncio.create_task(self._watch(database))
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.wait([watching])

    async def _watch(self, database: Database) -> None:
        is_away = False
        while True:
            await asyncio.sleep(self._poll_seconds)
            try:
                await self._ask(database)
            except DatabaseUnavailable:
                if not is_away:
                    _log.warning("changes of rights cannot be asked for: each request reads its own until they can")
                is_away = True
            else:
                is_away = False

    async def _ask(self, database: Database) -> None:
        asked_at = self._clock()
        changes = await database.read(_count)
        if changes != self._changes:
            # What is kept by the number in shared memory alone has to go too: another host or a command made a change.
            self._revoke()
        self._changes = changes
        self._trusted_until = asked_at + self._trust_seconds

    def _revoke(self) -> None:
        self._shared.revoke()


async def _count(tx: Transaction) -> int:
    return (await tx.execute(_COUNT)).scalar_one_or_none() or 0


_COUNT: Final = select(RightsChangesRow.changes).where(RightsChangesRow.id == _THE_ROW)


@cache
def _raise(dialect: Dialect) -> Executable:
    statement = insert_into(RightsChangesRow.__table__, dialect).values(id=_THE_ROW, changes=1)
    return statement.on_conflict_do_update(
        index_elements=[RightsChangesRow.id], set_={"changes": RightsChangesRow.changes + 1}
    )
