"""Work after the commit: a row that is written with a change and worked off once the change is kept.

A row is worked off at least once, by a handler registered for its kind. Rows with the same `order_key` are worked off
in the order of their commits: a failing one holds those behind it, and so does a dead one, until a person retries it.
"""

import secrets
import time
from typing import Any, Final, Literal

import orjson
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    Integer,
    Text,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal_column,
    null,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.fresh import JsonObject, OutboxRow, Taken
from backend.db.model import Base
from backend.db.now import DatabaseNow
from backend.db.tenancy.tables import global_table
from backend.db.unit import Transaction

State = Literal["pending", "done", "dead"]

LEASE_SECONDS: Final = 6.0
"""How long a row waits for another process after the one that took it has died."""

# First half of the key of the advisory locks below, so that they meet no other use of such locks.
_ORDER_LOCKS: Final = 0x6F626F78
# Written into the SQL as it stands, not as a parameter: only then does the planner see that the partial index fits.
DONE: Final = literal_column("'done'", Text)


class OutboxEntry(Base):
    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    tenant_id: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    order_key: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    due_at: Mapped[int] = mapped_column(BigInteger)
    """When it is to be tried; of a row that is done or dead, when it came to that."""
    attempts: Mapped[int]
    """Counted when the row is taken: one that ends its process each time has to die of it as well."""
    lease_until: Mapped[int | None] = mapped_column(BigInteger)
    lease_token: Mapped[str | None] = mapped_column(Text)
    last_error: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("state IN ('pending', 'done', 'dead')", name="state"),
        Index("ix_outbox_state_due_at", "state", "due_at"),
        Index(
            "ix_outbox_order_key_id_unfinished",
            "order_key",
            "id",
            sqlite_where=text("state <> 'done'"),
            postgresql_where=text("state <> 'done'"),
        ),
        # Without it SQLite gives the number of a deleted last row out again, which to a handler is the same work.
        {
            "sqlite_autoincrement": True,
            **global_table("its runner works off the rows of all tenants, and knows only what a row says"),
        },
    )


_IS_HELD: Final = exists().where(OutboxEntry.order_key == bindparam("order_key"), OutboxEntry.state != DONE)

_COLUMNS: Final[dict[str, Any]] = {
    "tenant_id": bindparam("tenant_id", type_=Text),
    "kind": bindparam("kind", type_=Text),
    "order_key": bindparam("order_key", type_=Text),
    "body": bindparam("body", type_=Text),
    "due_at": DatabaseNow() + bindparam("delay_milliseconds", type_=BigInteger),
    "state": "pending",
}
_LATER: Final = insert(OutboxEntry).values(**_COLUMNS, attempts=0).returning(OutboxEntry.id, OutboxEntry.lease_token)
_FRESH: Final = (
    insert(OutboxEntry)
    .values(
        **_COLUMNS,
        attempts=case((_IS_HELD, 0), else_=1),
        lease_token=case((_IS_HELD, null()), else_=bindparam("token", type_=Text)),
        lease_until=case((_IS_HELD, null()), else_=DatabaseNow() + bindparam("lease_milliseconds", type_=BigInteger)),
    )
    .returning(OutboxEntry.id, OutboxEntry.lease_token)
)


async def enqueue(
    transaction: Transaction,
    kind: str,
    body: JsonObject,
    *,
    order_key: str | None = None,
    tenant_id: str | None = None,
    delay_seconds: float = 0,
) -> int:
    """Write a row with the change of this unit; return its id.

    The process that commits it runs it at once, if it has a runner that knows the kind. Who enqueues under several
    order keys in one unit does so in sorted order: each is a lock until the commit.
    """
    if order_key is not None and transaction.dialect == "postgresql":
        # Ids are given out before the commit, so two transactions may commit in the other order. Whoever has taken
        # this lock commits before the next one of the same order key gets its id. SQLite has one writer anyway.
        await transaction.execute(select(func.pg_advisory_xact_lock(_ORDER_LOCKS, func.hashtext(order_key))))
    wire = orjson.dumps(body).decode()
    values: dict[str, object] = {
        "tenant_id": tenant_id,
        "kind": kind,
        "order_key": order_key,
        "body": wire,
        "delay_milliseconds": round(delay_seconds * 1000),
    }
    fresh = transaction.fresh
    if fresh is None or delay_seconds > 0 or not fresh.knows(kind):
        inserted = (await transaction.execute(_LATER, values)).one()
        return int(inserted.id)
    token, until = new_token(), time.monotonic() + LEASE_SECONDS
    values |= {"token": token, "lease_milliseconds": round(LEASE_SECONDS * 1000)}
    inserted = (await transaction.execute(_FRESH, values)).one()
    if inserted.lease_token == token:
        row = OutboxRow(inserted.id, tenant_id, kind, order_key, orjson.loads(wire), attempts=1)
        transaction.after_commit(lambda: fresh.offer(Taken(row, token, until)))
    return int(inserted.id)


def new_token() -> str:
    """Make a token for one taking of one row: a handler that comes too late cannot finish a later one's work."""
    return secrets.token_hex(8)
