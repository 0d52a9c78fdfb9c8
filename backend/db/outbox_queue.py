"""The queries of the outbox's runner: take, finish, fail, give back. Each names the row by its lease."""

from collections.abc import Iterable
from typing import Any, Final

import orjson
from sqlalchemy import ColumnElement, Select, delete, or_, select, update

from backend.db.fresh import OutboxRow, Taken
from backend.db.now import DatabaseNow
from backend.db.outbox import LEASE_SECONDS, OutboxEntry, new_token
from backend.db.outbox_heads import head_of, heads
from backend.db.unit import Transaction

ATTEMPTS: Final = 10
"""So many tries a row has; after the last it is dead and needs a person."""

_HOUR_MILLISECONDS: Final = 3_600_000
_LEASE_MILLISECONDS: Final = round(LEASE_SECONDS * 1000)
_ERROR_LETTERS: Final = 500

_IS_FREE: Final[ColumnElement[bool]] = or_(OutboxEntry.lease_until.is_(None), OutboxEntry.lease_until <= DatabaseNow())


async def something_due(transaction: Transaction, kinds: Iterable[str]) -> bool:
    """Look before taking: to look is a read, to take is a write, and mostly there is nothing."""
    return (await transaction.execute(_due(kinds).limit(1))).first() is not None


async def take(
    transaction: Transaction, kinds: Iterable[str], *, limit: int, now: float, order_key: str | None = None
) -> list[Taken]:
    """Lease rows that are due to this process; `now` is its monotonic clock, read before the call."""
    due = _due(kinds, order_key).order_by(OutboxEntry.due_at, OutboxEntry.id).limit(limit)
    due = due.with_for_update(skip_locked=True, of=OutboxEntry)
    token = new_token()
    statement = (
        update(OutboxEntry)
        .where(OutboxEntry.id.in_(due))
        .values(
            lease_token=token,
            lease_until=DatabaseNow() + _LEASE_MILLISECONDS,
            attempts=OutboxEntry.attempts + 1,
        )
        .returning(
            OutboxEntry.id,
            OutboxEntry.tenant_id,
            OutboxEntry.kind,
            OutboxEntry.order_key,
            OutboxEntry.body,
            OutboxEntry.attempts,
        )
    )
    rows = (await transaction.execute(statement)).all()
    return sorted((_taken(row, token, now) for row in rows), key=lambda taken: taken.row.id)


async def bury(transaction: Transaction) -> int:
    """Declare dead the rows whose last try never came to an end, because it ended its process each time."""
    statement = (
        update(OutboxEntry)
        .where(OutboxEntry.state == "pending", _IS_FREE, OutboxEntry.attempts >= ATTEMPTS)
        .values(
            state="dead",
            due_at=DatabaseNow(),
            lease_token=None,
            lease_until=None,
            last_error="its process ended before the handler did, at the last try",
        )
    )
    return (await transaction.execute(statement)).rowcount


async def finish(transaction: Transaction, taken: Taken) -> bool:
    """Mark the row done; False if the lease was lost and the row is somebody else's by now."""
    return await _update(transaction, taken, state="done", due_at=DatabaseNow(), lease_token=None, lease_until=None)


async def fail(transaction: Transaction, taken: Taken, error: str, *, delay_seconds: float) -> bool:
    """Let the row wait for its next try, or declare it dead after the last; False if the lease was lost."""
    dead = taken.row.attempts >= ATTEMPTS
    delay = 0 if dead else round(delay_seconds * 1000)
    return await _update(
        transaction,
        taken,
        state="dead" if dead else "pending",
        due_at=DatabaseNow() + delay,
        last_error=error[:_ERROR_LETTERS],
        lease_token=None,
        lease_until=None,
    )


async def renew(transaction: Transaction, taken: Taken) -> bool:
    return await _update(transaction, taken, lease_until=DatabaseNow() + _LEASE_MILLISECONDS)


async def give_back(transaction: Transaction, taken: Taken) -> bool:
    """Free a row that was not brought to an end because this process ends: that was not a try."""
    return await _update(transaction, taken, attempts=OutboxEntry.attempts - 1, lease_token=None, lease_until=None)


async def purge_done(transaction: Transaction, *, kept_hours: float, limit: int) -> int:
    over = (
        select(OutboxEntry.id)
        .where(
            OutboxEntry.state == "done", OutboxEntry.due_at <= DatabaseNow() - round(kept_hours * _HOUR_MILLISECONDS)
        )
        .order_by(OutboxEntry.due_at)
        .limit(limit)
    )
    return (await transaction.execute(delete(OutboxEntry).where(OutboxEntry.id.in_(over)))).rowcount


def _due(kinds: Iterable[str], order_key: str | None = None) -> Select[int]:
    in_turn = (
        or_(OutboxEntry.order_key.is_(None), OutboxEntry.id.in_(heads()))
        if order_key is None
        else OutboxEntry.id == head_of(order_key).scalar_subquery()
    )
    # A kind that this release does not know waits for the release that does.
    return select(OutboxEntry.id).where(
        OutboxEntry.state == "pending",
        OutboxEntry.due_at <= DatabaseNow(),
        _IS_FREE,
        OutboxEntry.attempts < ATTEMPTS,
        OutboxEntry.kind.in_(list(kinds)),
        in_turn,
    )


async def _update(transaction: Transaction, taken: Taken, **values: Any) -> bool:
    """Change the row only while it is leased under this token."""
    statement = (
        update(OutboxEntry)
        .where(OutboxEntry.id == taken.row.id, OutboxEntry.lease_token == taken.token)
        .values(**values)
    )
    return (await transaction.execute(statement)).rowcount == 1


def _taken(row: Any, token: str, now: float) -> Taken:
    body = orjson.loads(row.body)
    return Taken(
        OutboxRow(row.id, row.tenant_id, row.kind, row.order_key, body, row.attempts), token, now + LEASE_SECONDS
    )
