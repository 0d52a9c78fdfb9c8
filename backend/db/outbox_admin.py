"""What a person at the machine sees of the outbox, and can do about it."""

from dataclasses import dataclass, fields

from sqlalchemy import delete, func, select, update

from backend.db.now import DatabaseNow
from backend.db.outbox import OutboxEntry, State
from backend.db.unit import Transaction


@dataclass(frozen=True, slots=True)
class ListedRow:
    """Without its body, which may hold what is nobody's business at a terminal."""

    id: int
    tenant_id: str | None
    kind: str
    order_key: str | None
    state: State
    attempts: int
    due_at: int
    last_error: str | None


async def list_rows(transaction: Transaction, *, state: State | None = None, limit: int = 100) -> list[ListedRow]:
    """Return the oldest rows first."""
    columns = [getattr(OutboxEntry, field.name) for field in fields(ListedRow)]
    statement = select(*columns).order_by(OutboxEntry.id).limit(limit)
    if state is not None:
        statement = statement.where(OutboxEntry.state == state)
    return [ListedRow(**row) for row in (await transaction.execute(statement)).mappings()]


async def retry(transaction: Transaction, row_id: int) -> bool:
    """Give a dead row all its tries again, from now on; False if there is no such dead row."""
    statement = (
        update(OutboxEntry)
        .where(OutboxEntry.id == row_id, OutboxEntry.state == "dead")
        .values(state="pending", attempts=0, due_at=DatabaseNow(), lease_token=None, lease_until=None)
    )
    return (await transaction.execute(statement)).rowcount == 1


async def count_states(transaction: Transaction) -> dict[State, int]:
    statement = select(OutboxEntry.state, func.count().label("rows")).group_by(OutboxEntry.state)
    counted = {row["state"]: row["rows"] for row in (await transaction.execute(statement)).mappings()}
    return {"pending": counted.get("pending", 0), "done": counted.get("done", 0), "dead": counted.get("dead", 0)}


async def forget(transaction: Transaction, mentioned_id: str) -> int:
    """Delete the rows whose body names an id, whatever they wait for; return how many that were."""
    statement = delete(OutboxEntry).where(OutboxEntry.body.contains(f'"{mentioned_id}"', autoescape=True))
    return (await transaction.execute(statement)).rowcount
