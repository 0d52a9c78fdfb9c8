"""The only place of sealing that knows SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from backend.db.upsert import insert_into
from backend.sealing.models import HolderKeyRow, SubjectKeyRow


@dataclass(frozen=True, slots=True)
class WrappedKey:
    holder: str
    wrapped: bytes
    master_version: int


_WRAPPED: Final = (HolderKeyRow.holder, HolderKeyRow.wrapped, HolderKeyRow.master_version)
_FIND: Final = select(*_WRAPPED).where(HolderKeyRow.holder == bindparam("wanted"))
_OTHERS: Final = (
    select(*_WRAPPED)
    .where(HolderKeyRow.master_version != bindparam("version"))
    .order_by(HolderKeyRow.holder)
    .limit(bindparam("at_most"))
)
_ALL_AFTER: Final = (
    select(*_WRAPPED)
    .where(HolderKeyRow.holder > bindparam("after"))
    .order_by(HolderKeyRow.holder)
    .limit(bindparam("at_most"))
)
_SUBJECTS_AFTER: Final = (
    select(SubjectKeyRow.subject_id, SubjectKeyRow.wrapped)
    .where(SubjectKeyRow.tenant_id == bindparam("whose"), SubjectKeyRow.subject_id > bindparam("after"))
    .order_by(SubjectKeyRow.subject_id)
    .limit(bindparam("at_most"))
)
_SUBJECT: Final = select(SubjectKeyRow.wrapped).where(
    SubjectKeyRow.tenant_id == bindparam("whose"), SubjectKeyRow.subject_id == bindparam("wanted")
)


async def find(tx: Transaction, holder: str) -> WrappedKey | None:
    found = (await tx.execute(_FIND, {"wanted": holder})).first()
    return None if found is None else _key(found)


async def add(tx: Transaction, key: WrappedKey) -> bool:
    """Keep the key of a holder unless somebody else has made one just now; return whether it was kept."""
    statement = insert_into(HolderKeyRow.__table__, tx.dialect).values(
        holder=key.holder, wrapped=key.wrapped, master_version=key.master_version, made_at=DatabaseNow()
    )
    kept = await tx.execute(statement.on_conflict_do_nothing(index_elements=[HolderKeyRow.holder]))
    return bool(kept.rowcount)


async def not_under(tx: Transaction, version: int, *, at_most: int) -> Sequence[WrappedKey]:
    """Return keys that are wrapped under another version than this."""
    return [_key(row) for row in await tx.execute(_OTHERS, {"version": version, "at_most": at_most})]


async def after(tx: Transaction, holder: str, *, at_most: int) -> Sequence[WrappedKey]:
    return [_key(row) for row in await tx.execute(_ALL_AFTER, {"after": holder, "at_most": at_most})]


async def wrap_anew(tx: Transaction, old: WrappedKey, new: WrappedKey) -> None:
    """Replace what a key is wrapped in, unless that has been done meanwhile."""
    this = (HolderKeyRow.holder == old.holder, HolderKeyRow.master_version == old.master_version)
    values = {"wrapped": new.wrapped, "master_version": new.master_version}
    await tx.execute(update(HolderKeyRow).where(*this).values(values))


async def counts(tx: Transaction) -> dict[int, int]:
    """Return how many keys are wrapped under each version."""
    statement = select(HolderKeyRow.master_version, func.count().label("wrapped_keys")).group_by(
        HolderKeyRow.master_version
    )
    return {row.master_version: row.wrapped_keys for row in await tx.execute(statement)}


async def destroy(tx: Transaction, holder: str) -> None:
    await tx.execute(delete(HolderKeyRow).where(HolderKeyRow.holder == holder))


async def subject(tx: Transaction, tenant_id: str, subject_id: str) -> bytes | None:
    found: bytes | None = (await tx.execute(_SUBJECT, {"whose": tenant_id, "wanted": subject_id})).scalar_one_or_none()
    return found


async def subjects_after(
    tx: Transaction, tenant_id: str, subject_id: str, *, at_most: int
) -> Sequence[tuple[str, bytes]]:
    found = await tx.execute(_SUBJECTS_AFTER, {"whose": tenant_id, "after": subject_id, "at_most": at_most})
    return [(row.subject_id, row.wrapped) for row in found]


async def add_subject(tx: Transaction, tenant_id: str, subject_id: str, wrapped: bytes) -> None:
    await tx.execute(insert(SubjectKeyRow).values(tenant_id=tenant_id, subject_id=subject_id, wrapped=wrapped))


async def destroy_subject(tx: Transaction, tenant_id: str, subject_id: str) -> int:
    this = (SubjectKeyRow.tenant_id == tenant_id, SubjectKeyRow.subject_id == subject_id)
    return (await tx.execute(delete(SubjectKeyRow).where(*this))).rowcount


def _key(row: Row[Any]) -> WrappedKey:
    return WrappedKey(row.holder, row.wrapped, row.master_version)
