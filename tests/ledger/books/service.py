"""The rules of the books: who changes one has seen what they change."""

from collections.abc import Sequence
from hashlib import sha256
from secrets import token_urlsafe
from uuid import uuid4

from backend.db.unit import Transaction
from backend.errors import NOTHING_HERE, NotFound
from backend.web.precondition import require_version
from tests.ledger.books import store
from tests.ledger.books.store import Book


async def open_book(tx: Transaction, tenant_id: str, class_id: str, title: str) -> Book:
    return await store.add(tx, tenant_id, str(uuid4()), class_id, title)


async def book(tx: Transaction, tenant_id: str, book_id: str) -> Book:
    return _there(await store.find(tx, tenant_id, book_id))


async def page(
    tx: Transaction, tenant_id: str, classes: frozenset[str] | None, after: tuple[int | str, ...] | None, limit: int
) -> Sequence[Book]:
    return await store.page(tx, tenant_id, classes=classes, after=after, limit=limit)


async def rename(tx: Transaction, tenant_id: str, book_id: str, title: str, seen: int | None) -> Book:
    require_version(seen, _there(await store.find(tx, tenant_id, book_id, for_update=True)).version)
    await store.rename(tx, tenant_id, book_id, title)
    return _there(await store.find(tx, tenant_id, book_id))


async def remove(tx: Transaction, tenant_id: str, book_id: str, seen: int | None) -> None:
    require_version(seen, _there(await store.find(tx, tenant_id, book_id, for_update=True)).version)
    await store.remove(tx, tenant_id, book_id)


async def seal(tx: Transaction, tenant_id: str, book_id: str) -> tuple[str, str]:
    """Return the id of a new seal and its secret, which nobody is told again."""
    _there(await store.find(tx, tenant_id, book_id))
    seal_id, secret = str(uuid4()), token_urlsafe()
    await store.add_seal(tx, tenant_id, seal_id, book_id, sha256(secret.encode()).hexdigest())
    return seal_id, secret


async def sealed(tx: Transaction, tenant_id: str, seal_id: str) -> None:
    if not await store.has_seal(tx, tenant_id, seal_id):
        raise NotFound(NOTHING_HERE)


def _there(found: Book | None) -> Book:
    if found is None:
        raise NotFound(NOTHING_HERE)
    return found
