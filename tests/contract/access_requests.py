"""A request that is right, for each route that takes parameters or a body: then only the permission decides.

What a path names is there in every place, the foreign tenant too, so that a 404 tells of rights and not of an empty
table. A domain adds its routes to REQUESTS.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from itertools import count

from aiohttp import web

from backend.db.unit import Transaction
from backend.web.keys import DATABASE
from backend.web.precondition import etag
from tests.contract.access_table import Place
from tests.ledger import routes as ledger
from tests.ledger import store as ledger_store
from tests.ledger.books import routes as books
from tests.ledger.books import store as book_store

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Prepared:
    values: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


Prepare = Callable[[web.Application, Place], Awaitable[Prepared]]


def only(prepared: Prepared) -> Prepare:
    async def prepare(_app: web.Application, _place: Place) -> Prepared:
        return prepared

    return prepare


def with_account(json: object = None) -> Prepare:
    async def prepare(app: web.Application, _place: Place) -> Prepared:
        async def unit(tx: Transaction) -> None:
            await ledger_store.open_account(tx, "swept")

        await app[DATABASE].write(unit)
        return Prepared({"account": "swept"}, json)

    return prepare


async def new_account(_app: web.Application, _place: Place) -> Prepared:
    return Prepared(json={"name": f"new-{next(_numbers)}"})


def with_book(json: object = None) -> Prepare:
    async def prepare(app: web.Application, place: Place) -> Prepared:
        async def unit(tx: Transaction) -> book_store.Book:
            return await book_store.add(tx, place.tenant_id, f"book-{next(_numbers)}", place.class_id, "Sums")

        book = await app[DATABASE].write(unit, tenant=place.tenant_id)
        return Prepared({"book_id": book.id}, json, {"If-Match": etag(book.version)})

    return prepare


async def new_book(_app: web.Application, place: Place) -> Prepared:
    return Prepared(json={"class_id": place.class_id, "title": "Sums"})


REQUESTS: Mapping[str, Prepare] = {
    f"POST {ledger.ACCOUNTS}": new_account,
    f"GET {ledger.ACCOUNT}": with_account(),
    f"POST {ledger.ENTRIES}": with_account({"amount": 1}),
    f"GET {ledger.ENTRIES}": with_account(),
    f"PUT {ledger.ENTRIES}/batch": with_account({"entries": [{"id": "entry-0001", "amount": 1}]}),
    "POST /api/v1/ledger/total": only(Prepared(json={"amounts": [1]})),
    f"GET {books.BOOKS}": only(Prepared()),
    f"POST {books.BOOKS}": new_book,
    f"GET {books.BOOK}": with_book(),
    f"PATCH {books.BOOK}": with_book({"title": "Fractions"}),
    f"DELETE {books.BOOK}": with_book(),
    f"POST {books.SEALS}": with_book(),
    f"GET {books.OF_CLASS}": only(Prepared()),
}
