"""Parse, call one service, answer: one route of every kind there is."""

from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.keys import DATABASE
from backend.web.route import PUBLIC, IdempotentBy, Route
from tests.ledger import service, store
from tests.ledger.books import routes as books
from tests.ledger.notes import routes as notes
from tests.ledger.schemas import (
    Account,
    AccountPath,
    Amounts,
    Batch,
    BatchDone,
    Entries,
    Entry,
    EntryShown,
    NewAccount,
    NewEntry,
    Page,
    Total,
)

ACCOUNTS = "/api/v1/ledger/accounts"
ACCOUNT = f"{ACCOUNTS}/{{account}}"
ENTRIES = f"{ACCOUNT}/entries"


async def post_account(call: Call[NewAccount, None, None], tx: Transaction) -> Answer:
    await service.open_account(tx, call.body.name)
    location = ("Location", f"{ACCOUNTS}/{call.body.name}")
    return Answer(201, Account(call.body.name, balance=0, entries=0), (location,))


async def get_account(call: Call[None, None, AccountPath]) -> Answer:
    async def unit(tx: Transaction) -> store.Balance:
        return await service.balance(tx, call.params.account)

    balance = await call.app[DATABASE].read(unit)
    return Answer(200, Account(call.params.account, balance.amount, balance.entries))


async def post_entry(call: Call[NewEntry, None, AccountPath], tx: Transaction) -> Answer:
    entry, balance = await service.add_entry(tx, call.params.account, call.body.amount, call.body.note)
    return Answer(201, Entry(entry.id, entry.account, entry.amount, entry.note, balance.amount))


async def get_entries(call: Call[None, Page, AccountPath]) -> Answer:
    async def unit(tx: Transaction) -> Entries:
        found = await store.entries(tx, call.params.account, after=call.query.after, limit=call.query.limit)
        return Entries(tuple(EntryShown(entry.id, entry.amount, entry.note) for entry in found))

    return Answer(200, await call.app[DATABASE].read(unit))


async def put_batch(call: Call[Batch, None, AccountPath], tx: Transaction) -> Answer:
    named = [(entry.id, entry.amount) for entry in call.body.entries]
    return Answer(200, BatchDone(await service.add_batch(tx, call.params.account, named)))


async def post_total(call: Call[Amounts, None, None]) -> Answer:
    return Answer(200, Total(sum(call.body.amounts)))


async def get_audit(_call: Call[None, None, None]) -> Answer:
    return Answer(204)


ROUTES = (
    Route(
        method="POST",
        path=ACCOUNTS,
        handler=post_account,
        request=NewAccount,
        answers={201: Account},
        permission=PUBLIC,
        rate_class="write",
        idempotent_by=IdempotentBy.KEY,
        summary="Open an account",
    ),
    Route(
        method="GET",
        path=ACCOUNT,
        handler=get_account,
        params=AccountPath,
        answers={200: Account},
        permission=PUBLIC,
        rate_class="read",
        summary="One account and what it holds",
    ),
    Route(
        method="POST",
        path=ENTRIES,
        handler=post_entry,
        params=AccountPath,
        request=NewEntry,
        answers={201: Entry},
        permission=PUBLIC,
        rate_class="write",
        idempotent_by=IdempotentBy.KEY,
        summary="Add an entry to an account",
    ),
    Route(
        method="GET",
        path=ENTRIES,
        handler=get_entries,
        params=AccountPath,
        query=Page,
        answers={200: Entries},
        permission=PUBLIC,
        rate_class="read",
        summary="The entries of an account, a page at a time",
    ),
    Route(
        method="PUT",
        path=f"{ENTRIES}/batch",
        handler=put_batch,
        params=AccountPath,
        request=Batch,
        answers={200: BatchDone},
        permission=PUBLIC,
        rate_class="write",
        idempotent_by=IdempotentBy.BODY,
        body_limit_bytes=4096,
        summary="Add entries whose ids the caller chose",
    ),
    Route(
        method="POST",
        path="/api/v1/ledger/total",
        handler=post_total,
        request=Amounts,
        answers={200: Total},
        permission=PUBLIC,
        rate_class="read",
        idempotent_by=IdempotentBy.SAFE,
        summary="Add numbers up without keeping anything",
    ),
    Route(
        method="GET",
        path="/api/v1/ledger/audit",
        handler=get_audit,
        answers={204: None},
        permission="platform.inspect",
        rate_class="read",
        summary="What only the platform may see",
    ),
    *books.ROUTES,
    *notes.ROUTES,
)
