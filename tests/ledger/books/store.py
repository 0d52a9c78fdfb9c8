"""The only place of the books that knows SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Row, bindparam, delete, func, insert, select, tuple_, update

from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from tests.ledger.books.models import BookRow, SealRow


@dataclass(frozen=True, slots=True)
class Book:
    id: str
    class_id: str
    title: str
    opened_at: int
    version: int


_BOOK = (BookRow.id, BookRow.class_id, BookRow.title, BookRow.opened_at, BookRow.version)


# Made once: making a statement takes longer than running it.
_FIND: Final = select(*_BOOK).where(BookRow.tenant_id == bindparam("whose"), BookRow.id == bindparam("wanted"))
_FIND_TO_CHANGE: Final = _FIND.with_for_update()


def _book(row: Row[tuple[str, str, str, int, int]]) -> Book:
    return Book(row.id, row.class_id, row.title, row.opened_at, row.version)


async def add(tx: Transaction, tenant_id: str, book_id: str, class_id: str, title: str) -> Book:
    values = {"tenant_id": tenant_id, "id": book_id, "class_id": class_id, "title": title, "version": 1}
    statement = insert(BookRow).values(**values, opened_at=DatabaseNow()).returning(*_BOOK)
    return _book((await tx.execute(statement)).one())


async def find(tx: Transaction, tenant_id: str, book_id: str, *, for_update: bool = False) -> Book | None:
    this = {"whose": tenant_id, "wanted": book_id}
    found = (await tx.execute(_FIND_TO_CHANGE if for_update else _FIND, this)).first()
    return None if found is None else _book(found)


async def page(
    tx: Transaction, tenant_id: str, *, classes: frozenset[str] | None, after: tuple[int | str, ...] | None, limit: int
) -> Sequence[Book]:
    statement = select(*_BOOK).where(BookRow.tenant_id == tenant_id)
    if classes is not None:
        statement = statement.where(BookRow.class_id.in_(classes))
    if after is not None:
        statement = statement.where(tuple_(BookRow.opened_at, BookRow.id) > after)
    rows = await tx.execute(statement.order_by(BookRow.opened_at, BookRow.id).limit(limit))
    return [_book(row) for row in rows]


async def rename(tx: Transaction, tenant_id: str, book_id: str, title: str) -> None:
    this = (BookRow.tenant_id == tenant_id, BookRow.id == book_id)
    await tx.execute(update(BookRow).where(*this).values(title=title, version=BookRow.version + 1))


async def remove(tx: Transaction, tenant_id: str, book_id: str) -> None:
    await tx.execute(delete(BookRow).where(BookRow.tenant_id == tenant_id, BookRow.id == book_id))


async def add_seal(tx: Transaction, tenant_id: str, seal_id: str, book_id: str, secret_hash: str) -> None:
    values = {"tenant_id": tenant_id, "id": seal_id, "book_id": book_id, "secret_hash": secret_hash}
    await tx.execute(insert(SealRow).values(**values))


async def has_seal(tx: Transaction, tenant_id: str, seal_id: str) -> bool:
    statement = select(SealRow.id).where(SealRow.tenant_id == tenant_id, SealRow.id == seal_id)
    return (await tx.execute(statement)).first() is not None


async def count_seals(tx: Transaction, tenant_id: str) -> int:
    statement = select(func.count()).select_from(SealRow).where(SealRow.tenant_id == tenant_id)
    return int((await tx.execute(statement)).scalar_one())
