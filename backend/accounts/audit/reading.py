"""A whole trail, read from the database a page at a time and checked on the way."""

from collections.abc import Callable, Sequence
from typing import Final

from backend.accounts.audit import store
from backend.accounts.audit.chained import Head, Record
from backend.accounts.audit.verdict import Fault
from backend.accounts.audit.verify import Chain
from backend.db.unit import Database, Transaction, Unit

PAGE: Final = 500


async def read_whole(
    database: Database, tenant_id: str, chain: Chain, each: Callable[[Record], None], *, page: int = PAGE
) -> Fault | None:
    """Take every record of a trail into `chain`, then hand it to `each`; return the first fault, and stop there.

    Others may append meanwhile: the end is compared with the head of the same snapshot.
    """
    after = store.BEFORE_ALL
    while True:
        records, head = await database.read(_page_after(tenant_id, after, page))
        for record in records:
            fault = chain.take(record)
            if fault is not None:
                return fault
            each(record)
        if len(records) < page:
            return chain.end(head)
        after = chain.number


def _page_after(tenant_id: str, after: int, page: int) -> Unit[tuple[Sequence[Record], Head | None]]:
    async def unit(tx: Transaction) -> tuple[Sequence[Record], Head | None]:
        return await store.events(tx, tenant_id, after=after, limit=page), await store.head(tx, tenant_id)

    return unit
