"""The queries of key_lookups, which every kind of key shares."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, delete, func, insert, or_, select, update

from backend.accounts.keys.lookups.models import KeyLookupRow
from backend.accounts.keys.text_form import Kind
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction


@dataclass(frozen=True, slots=True)
class Lookup:
    tenant_id: str
    key_id: str
    ends_at: int | None
    now: int


_FIND: Final = select(
    KeyLookupRow.tenant_id, KeyLookupRow.key_id, KeyLookupRow.ends_at, DatabaseNow().label("now")
).where(
    KeyLookupRow.digest == bindparam("digest"),
    KeyLookupRow.kind == bindparam("kind"),
    KeyLookupRow.key_id == bindparam("key"),
    or_(KeyLookupRow.ends_at.is_(None), KeyLookupRow.ends_at > DatabaseNow()),
)


async def add(tx: Transaction, kind: Kind, tenant_id: str, key_id: str, digest: bytes) -> None:
    values = {"digest": digest, "kind": kind, "tenant_id": tenant_id, "key_id": key_id, "ends_at": None}
    await tx.execute(insert(KeyLookupRow).values(**values))


async def find(tx: Transaction, kind: Kind, key_id: str, digest: bytes) -> Lookup | None:
    """Return whose a text is, unless it has ended."""
    found = (await tx.execute(_FIND, {"digest": digest, "kind": kind, "key": key_id})).first()
    return None if found is None else Lookup(found.tenant_id, found.key_id, found.ends_at, found.now)


async def end_soon(tx: Transaction, tenant_id: str, key_id: str, milliseconds: int) -> None:
    """Let the texts of a key hold for so long and no longer; one that ends before that still does."""
    row = KeyLookupRow
    then = DatabaseNow() + milliseconds
    later = or_(row.ends_at.is_(None), row.ends_at > then)
    of_the_key = (row.tenant_id == tenant_id, row.key_id == key_id)
    await tx.execute(update(row).where(*of_the_key, later).values(ends_at=then))


async def remove(tx: Transaction, tenant_id: str, key_id: str) -> None:
    row = KeyLookupRow
    await tx.execute(delete(row).where(row.tenant_id == tenant_id, row.key_id == key_id))


async def remove_ended(tx: Transaction, tenant_id: str, key_id: str) -> None:
    row = KeyLookupRow
    await tx.execute(delete(row).where(row.tenant_id == tenant_id, row.key_id == key_id, row.ends_at <= DatabaseNow()))


async def count(tx: Transaction, tenant_id: str, key_id: str) -> int:
    row = KeyLookupRow
    statement = select(func.count()).select_from(row).where(row.tenant_id == tenant_id, row.key_id == key_id)
    return int((await tx.execute(statement)).scalar_one())
