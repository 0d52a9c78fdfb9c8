"""What every domain of a tenant needs: permissions, pages, versions, and a secret that is shown once.

The ledger has no permissions of its own: it borrows those of lessons, classes and API keys.
"""

from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.keys import DATABASE
from backend.web.paging import Cursors, PageQuery
from backend.web.route import SIGNED_IN, STEPPED_UP, IdempotentBy, Route
from tests.ledger.books import service
from tests.ledger.books.schemas import (
    BookChange,
    BookPath,
    BookShown,
    BooksQuery,
    BooksShown,
    CallerShown,
    ClassPath,
    NewBook,
    SealShown,
    TenantPath,
)
from tests.ledger.books.store import Book

TENANT = "/api/v1/tenants/{tenant_id}"
BOOKS = f"{TENANT}/ledger/books"
BOOK = f"{BOOKS}/{{book_id}}"
SEALS = f"{BOOK}/seals"
OF_CLASS = f"{TENANT}/classes/{{class_id}}/ledger/books"
MYSELF = "/api/v1/ledger/myself"

_BY_AGE = Cursors("ledger.books", int, str)


async def get_books(call: Call[None, BooksQuery, TenantPath]) -> Answer:
    mine = call.caller.classes_with("lesson.read", call.params.tenant_id)
    asked = frozenset({call.query.class_id}) if call.query.class_id else None
    classes = asked if mine is None else mine if asked is None else asked & mine
    return await _page(call, call.params.tenant_id, classes, call.query, call.query.class_id)


async def get_books_of_class(call: Call[None, PageQuery, ClassPath]) -> Answer:
    classes = frozenset({call.params.class_id})
    return await _page(call, call.params.tenant_id, classes, call.query, call.params.class_id)


async def post_book(call: Call[NewBook, None, TenantPath], tx: Transaction) -> Answer:
    made = await service.open_book(tx, call.params.tenant_id, call.body.class_id, call.body.title)
    location = BOOK.format(tenant_id=call.params.tenant_id, book_id=made.id)
    return Answer(201, _shown(made), (("Location", location),), version=made.version)


async def get_book(call: Call[None, None, BookPath]) -> Answer:
    async def unit(tx: Transaction) -> Book:
        return await service.book(tx, call.params.tenant_id, call.params.book_id)

    found = await call.app[DATABASE].read(unit, tenant=call.tenant)
    return Answer(200, _shown(found), version=found.version)


async def patch_book(call: Call[BookChange, None, BookPath], tx: Transaction) -> Answer:
    place = call.params
    changed = await service.rename(tx, place.tenant_id, place.book_id, call.body.title, call.version)
    return Answer(200, _shown(changed), version=changed.version)


async def delete_book(call: Call[None, None, BookPath], tx: Transaction) -> Answer:
    await service.remove(tx, call.params.tenant_id, call.params.book_id, call.version)
    return Answer(204)


async def post_seal(call: Call[None, None, BookPath], tx: Transaction) -> Answer:
    seal_id, secret = await service.seal(tx, call.params.tenant_id, call.params.book_id)
    return Answer(201, SealShown(seal_id, secret, secret_shown=True), created_id=seal_id)


async def seal_again(call: Call[None, None, BookPath], tx: Transaction, seal_id: str) -> Answer:
    await service.sealed(tx, call.params.tenant_id, seal_id)
    return Answer(200, SealShown(seal_id, None, secret_shown=False))


async def get_myself(call: Call[None, None, None]) -> Answer:
    return Answer(200, CallerShown(call.caller.kind, call.caller.id))


async def _page(
    call: Call[None, BooksQuery, TenantPath] | Call[None, PageQuery, ClassPath],
    tenant_id: str,
    classes: frozenset[str] | None,
    query: PageQuery,
    narrowed_to: str,
) -> Answer:
    after = _BY_AGE.read(query, narrowed_to)

    async def unit(tx: Transaction) -> BooksShown:
        found = await service.page(tx, tenant_id, classes, after, query.limit + 1)
        page = _BY_AGE.page(found, [(book.opened_at, book.id) for book in found], query, narrowed_to)
        return BooksShown(tuple(map(_shown, page.rows)), page.next)

    return Answer(200, await call.app[DATABASE].read(unit, tenant=call.tenant))


def _shown(book: Book) -> BookShown:
    return BookShown(book.id, book.class_id, book.title)


ROUTES = (
    Route(
        method="GET",
        path=BOOKS,
        handler=get_books,
        params=TenantPath,
        query=BooksQuery,
        answers={200: BooksShown},
        permission="lesson.read",
        narrowed=True,
        rate_class="read",
        summary="The books of a tenant, a page at a time",
    ),
    Route(
        method="GET",
        path=OF_CLASS,
        handler=get_books_of_class,
        params=ClassPath,
        query=PageQuery,
        answers={200: BooksShown},
        permission="class.read",
        rate_class="read",
        summary="The books of a class, a page at a time",
    ),
    Route(
        method="POST",
        path=BOOKS,
        handler=post_book,
        params=TenantPath,
        request=NewBook,
        answers={201: BookShown},
        permission="lesson.edit",
        rate_class="write",
        idempotent_by=IdempotentBy.KEY,
        versioned=True,
        summary="Open a book",
    ),
    Route(
        method="GET",
        path=BOOK,
        handler=get_book,
        params=BookPath,
        answers={200: BookShown},
        permission="lesson.read",
        rate_class="read",
        versioned=True,
        summary="One book",
    ),
    Route(
        method="PATCH",
        path=BOOK,
        handler=patch_book,
        params=BookPath,
        request=BookChange,
        answers={200: BookShown},
        permission="lesson.edit",
        rate_class="write",
        idempotent_by=IdempotentBy.VERSION,
        versioned=True,
        summary="Change a book",
    ),
    Route(
        method="DELETE",
        path=BOOK,
        handler=delete_book,
        params=BookPath,
        answers={204: None},
        permission="lesson.delete",
        rate_class="write",
        idempotent_by=IdempotentBy.VERSION,
        summary="Remove a book",
    ),
    Route(
        method="POST",
        path=SEALS,
        handler=post_seal,
        again=seal_again,
        params=BookPath,
        answers={200: SealShown, 201: SealShown},
        permission="apikey.create",
        rate_class="write",
        idempotent_by=IdempotentBy.KEY,
        summary="Make a seal, whose secret is shown once",
    ),
    Route(
        method="GET",
        path=MYSELF,
        handler=get_myself,
        answers={200: CallerShown},
        permission=SIGNED_IN,
        rate_class="read",
        summary="Who asks",
    ),
    Route(
        method="GET",
        path=f"{MYSELF}/confirmed",
        handler=get_myself,
        answers={200: CallerShown},
        permission=STEPPED_UP,
        rate_class="read",
        summary="Who asks and has just proved it",
    ),
)
