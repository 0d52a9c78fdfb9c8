"""The only place of the audit trail that knows SQL."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Final

from sqlalchemy import Executable, bindparam, delete, insert, select, type_coerce, update
from sqlalchemy.types import NullType

from backend.accounts.audit.chained import BEFORE_THE_FIRST, Head, Record
from backend.accounts.audit.models import AuditEventRow, AuditHeadRow
from backend.db.config import Dialect
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from backend.db.upsert import insert_into

MOST_EVENTS_A_PAGE: Final = 1000
BEFORE_ALL: Final = -(2**63) - 1
"""As `after`: no number that a database can hold is left out."""
AFTER_ALL: Final = 2**63 - 1
_FILTERS: Final = ("kind", "subject_id")


@dataclass(frozen=True, slots=True)
class Place:
    """The place of the record to come, which is this unit's alone until it ends."""

    number: int
    previous: bytes
    at: int


# As the driver gives them. A value that somebody made another type of is for `verify` to find, not for SQLAlchemy to
# stumble over.
_COLUMNS: Final = tuple(type_coerce(getattr(AuditEventRow, field.name), NullType()) for field in fields(Record))
_HEAD: Final = tuple(type_coerce(column, NullType()) for column in (AuditHeadRow.number, AuditHeadRow.tag))
_EVENTS: Final = (
    select(*_COLUMNS)
    .where(AuditEventRow.tenant_id == bindparam("tenant"), AuditEventRow.number >= bindparam("first"))
    .order_by(AuditEventRow.number)
    .limit(bindparam("most"))
)
_FIRST_TENANT: Final = select(AuditEventRow.tenant_id).order_by(AuditEventRow.tenant_id).limit(1)
_NEXT_TENANT: Final = _FIRST_TENANT.where(AuditEventRow.tenant_id > bindparam("last"))
_OF_TENANT: Final = select(*_COLUMNS).where(AuditEventRow.tenant_id == bindparam("tenant")).limit(bindparam("most"))
_APPEND: Final = insert(AuditEventRow)
_MOVE_HEAD: Final = (
    update(AuditHeadRow.__table__)  # type: ignore[arg-type]
    .where(AuditHeadRow.tenant_id == bindparam("tenant"))
    .values(tag=bindparam("new_tag"))
)


async def take_place(tx: Transaction, tenant_id: str) -> Place:
    """Take the next number of a trail; others who want one wait until this unit has ended."""
    taken = (await tx.execute(_take(tx.dialect), {"tenant_id": tenant_id})).one()
    return Place(int(taken.number), bytes(taken.tag), int(taken.at))


async def append(tx: Transaction, record: Record) -> None:
    """Write the record at the place that was taken, and make it the head."""
    await tx.execute(_APPEND, asdict(record))
    await tx.execute(_MOVE_HEAD, {"tenant": record.tenant_id, "new_tag": record.tag})


async def events(tx: Transaction, tenant_id: str, *, after: int = 0, limit: int) -> Sequence[Record]:
    """Return the records after the number `after`, the oldest first."""
    values = {"tenant": tenant_id, "first": after + 1, "most": min(limit, MOST_EVENTS_A_PAGE)}
    return [Record(*tuple(row)) for row in await tx.execute(_EVENTS, values)]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which events of a trail a list has, and from which end."""

    kind: str = ""
    subject_id: str = ""
    oldest_first: bool = False


async def page(
    tx: Transaction, tenant_id: str, narrowed: Narrowed, *, beyond: int | None, limit: int
) -> Sequence[Record]:
    """Return events beyond a number, in the direction of the list; None begins at its end."""
    values: dict[str, object] = {"tenant": tenant_id, "most": limit}
    values["beyond"] = (0 if narrowed.oldest_first else AFTER_ALL) if beyond is None else beyond
    values |= {name: value for name in _FILTERS if (value := getattr(narrowed, name))}
    statement = _page(narrowed.oldest_first, *(name for name in _FILTERS if name in values))
    return [Record(*tuple(row)) for row in await tx.execute(statement, values)]


async def head(tx: Transaction, tenant_id: str, *, for_update: bool = False) -> Head | None:
    statement = select(*_HEAD).where(AuditHeadRow.tenant_id == tenant_id)
    if for_update:
        statement = statement.with_for_update()
    found = (await tx.execute(statement)).first()
    return None if found is None else Head(*tuple(found))


async def tenants(tx: Transaction) -> Sequence[str]:
    """Return whoever has a head, or records without one."""
    found = set((await tx.execute(select(AuditHeadRow.tenant_id))).scalars())
    # From one tenant to the next by the index: to look at every record of all of them could take too long.
    last = (await tx.execute(_FIRST_TENANT)).scalar()
    while last is not None:
        found.add(last)
        last = (await tx.execute(_NEXT_TENANT, {"last": last})).scalar()
    return sorted(found, key=repr)


async def delete_head(tx: Transaction, tenant_id: str) -> None:
    await tx.execute(delete(AuditHeadRow).where(AuditHeadRow.tenant_id == tenant_id))


async def delete_some(tx: Transaction, tenant_id: str, *, at_most: int) -> int:
    """Delete records of a trail; the trigger lets them go only where there is no head any more."""
    some = (
        select(AuditEventRow.number)
        .where(AuditEventRow.tenant_id == tenant_id)
        .order_by(AuditEventRow.number)
        .limit(at_most)
    )
    statement = delete(AuditEventRow).where(AuditEventRow.tenant_id == tenant_id, AuditEventRow.number.in_(some))
    return (await tx.execute(statement)).rowcount


@cache
def _page(oldest_first: bool, *filters: str) -> Executable:  # noqa: FBT001
    number = AuditEventRow.number
    where = (getattr(AuditEventRow, name) == bindparam(name) for name in filters)
    if oldest_first:
        return _OF_TENANT.where(*where, number > bindparam("beyond")).order_by(number)
    return _OF_TENANT.where(*where, number < bindparam("beyond")).order_by(number.desc())


@cache
def _take(dialect: Dialect) -> Executable:
    # One statement makes the head, locks it and reads it, so that the first two of a tenant wait for one another too.
    statement = insert_into(AuditHeadRow.__table__, dialect).values(
        tenant_id=bindparam("tenant_id"), number=1, tag=BEFORE_THE_FIRST
    )
    return statement.on_conflict_do_update(
        index_elements=[AuditHeadRow.tenant_id], set_={"number": AuditHeadRow.number + 1}
    ).returning(AuditHeadRow.number, AuditHeadRow.tag, DatabaseNow().label("at"))
