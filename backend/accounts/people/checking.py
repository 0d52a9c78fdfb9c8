"""Opens what is kept of every person, and names the accounts of which something does not open."""

from collections.abc import Callable, Sequence

from backend.accounts.people import store
from backend.accounts.people.service import People
from backend.accounts.people.store import StoredPerson
from backend.db.unit import Database, Transaction
from backend.sealing.checking import AT_ONCE, Opened
from backend.sealing.sealed import DoesNotOpen


async def check_people(people: People, database: Database, told: Callable[[int], None]) -> Opened:
    """Open the key, the name and the address of everybody who was not erased."""
    good: list[str] = []
    bad: list[str] = []
    after = ""

    async def unit(tx: Transaction) -> Sequence[StoredPerson]:
        return await store.page(tx, after=after, limit=AT_ONCE)

    while page := await database.read(unit):
        for each in page:
            if each.state != "erased":
                (good if _opens(people, each) else bad).append(each.id)
        after = page[-1].id
        told(len(page))
    return Opened(tuple(good), tuple(bad))


def _opens(people: People, stored: StoredPerson) -> bool:
    try:
        return people.opened(stored).email != ""
    except DoesNotOpen:
        return False
