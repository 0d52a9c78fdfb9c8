"""The only place of the ledger that knows SQL."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from backend.db.upsert import insert_into
from tests.ledger.models import AccountRow, EntryRow, MirrorRow


@dataclass(frozen=True, slots=True)
class StoredEntry:
    id: str
    account: str
    amount: int
    note: str


@dataclass(frozen=True, slots=True)
class Balance:
    amount: int
    entries: int


_ENTRY = (EntryRow.id, EntryRow.account, EntryRow.amount, EntryRow.note)


async def open_account(tx: Transaction, name: str) -> bool:
    """Return whether the account is new."""
    statement = insert_into(AccountRow.__table__, tx.dialect).values(name=name, opened_at=DatabaseNow())
    return (await tx.execute(statement.on_conflict_do_nothing().returning(AccountRow.name))).first() is not None


async def lock_account(tx: Transaction, name: str) -> bool:
    """Return whether there is one; others who change it wait until this unit has ended."""
    statement = select(AccountRow.name).where(AccountRow.name == name).with_for_update()
    return (await tx.execute(statement)).first() is not None


async def has_account(tx: Transaction, name: str) -> bool:
    return (await tx.execute(select(AccountRow.name).where(AccountRow.name == name))).first() is not None


async def add_entry(tx: Transaction, entry: StoredEntry) -> bool:
    """Return whether the entry is new; one with the same id stays as it is."""
    statement = insert_into(EntryRow.__table__, tx.dialect).values(
        id=entry.id, account=entry.account, amount=entry.amount, note=entry.note, made_at=DatabaseNow()
    )
    return (await tx.execute(statement.on_conflict_do_nothing().returning(EntryRow.id))).first() is not None


async def balance(tx: Transaction, account: str) -> Balance:
    statement = select(
        func.coalesce(func.sum(EntryRow.amount), 0).label("amount"), func.count().label("entries")
    ).where(EntryRow.account == account)
    found = (await tx.execute(statement)).one()
    return Balance(int(found.amount), int(found.entries))


async def entries(tx: Transaction, account: str, *, after: str, limit: int) -> Sequence[StoredEntry]:
    statement = (
        select(*_ENTRY).where(EntryRow.account == account, EntryRow.id > after).order_by(EntryRow.id).limit(limit)
    )
    return [StoredEntry(row.id, row.account, row.amount, row.note) for row in await tx.execute(statement)]


async def mirror(tx: Transaction, *, entry_id: str, outbox_id: int, amount: int) -> None:
    statement = insert_into(MirrorRow.__table__, tx.dialect).values(
        entry_id=entry_id, outbox_id=outbox_id, amount=amount
    )
    await tx.execute(statement.on_conflict_do_nothing(index_elements=[MirrorRow.outbox_id]))


async def mirrored(tx: Transaction) -> dict[str, int]:
    rows = await tx.execute(select(MirrorRow.entry_id, MirrorRow.amount))
    return {row.entry_id: row.amount for row in rows}
