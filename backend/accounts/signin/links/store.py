"""The queries of links that work once."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, insert, select

from backend.accounts.signin.models import LinkRow
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction


@dataclass(frozen=True, slots=True)
class Link:
    kind: str
    tenant_id: str | None
    subject_id: str | None
    ends_at: int


_LINK: Final = (LinkRow.kind, LinkRow.tenant_id, LinkRow.subject_id, LinkRow.ends_at)
_FIND: Final = select(*_LINK).where(
    LinkRow.digest == bindparam("digest"), LinkRow.kind == bindparam("kind"), LinkRow.ends_at > DatabaseNow()
)


async def add(tx: Transaction, digest: bytes, link: Link, *, milliseconds: int) -> int:
    """Keep a link, and return when it ends."""
    statement = insert(LinkRow).values(
        digest=digest,
        kind=link.kind,
        tenant_id=link.tenant_id,
        subject_id=link.subject_id,
        ends_at=DatabaseNow() + milliseconds,
    )
    return int((await tx.execute(statement.returning(LinkRow.ends_at))).scalar_one())


async def find(tx: Transaction, kind: str, digest: bytes) -> Link | None:
    """Return what a link opens, and leave it as it is."""
    found = (await tx.execute(_FIND, {"digest": digest, "kind": kind})).first()
    return None if found is None else _link(found)


async def use(tx: Transaction, kind: str, digest: bytes) -> Link | None:
    """Take a link: of two who use it, one gets it."""
    row = LinkRow
    this = (row.digest == digest, row.kind == kind, row.ends_at > DatabaseNow())
    found = (await tx.execute(delete(row).where(*this).returning(*_LINK))).first()
    return None if found is None else _link(found)


async def remove(tx: Transaction, kind: str, subject_id: str | None) -> int:
    """End the links of a kind that somebody has; with None, those that are for nobody in particular."""
    row = LinkRow
    of_subject = row.subject_id.is_(None) if subject_id is None else row.subject_id == subject_id
    return (await tx.execute(delete(row).where(row.kind == kind, of_subject))).rowcount


async def remove_ended(tx: Transaction, *, at_most: int) -> None:
    old = select(LinkRow.digest).where(LinkRow.ends_at <= DatabaseNow()).limit(at_most)
    await tx.execute(delete(LinkRow).where(LinkRow.digest.in_(old)))


def _link(row: Row[Any]) -> Link:
    return Link(row.kind, row.tenant_id, row.subject_id, row.ends_at)
