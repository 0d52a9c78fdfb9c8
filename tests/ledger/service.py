"""The rules of the ledger: an account is opened once, and never owes anything."""

from uuid import uuid4

from backend.db.outbox import enqueue
from backend.db.unit import Transaction
from backend.errors import Conflict, NotFound
from tests.ledger import store
from tests.ledger.store import Balance, StoredEntry

MIRROR = "ledger.mirror"


async def open_account(tx: Transaction, name: str) -> None:
    if not await store.open_account(tx, name):
        raise Conflict("There is an account with this name.")


async def add_entry(tx: Transaction, account: str, amount: int, note: str) -> tuple[StoredEntry, Balance]:
    if not await store.lock_account(tx, account):
        raise NotFound("There is no account with this name.")
    entry = StoredEntry(str(uuid4()), account, amount, note)
    await _add(tx, entry)
    balance = await store.balance(tx, account)
    if balance.amount < 0:
        raise Conflict("The account does not hold that much.")
    return entry, balance


async def add_batch(tx: Transaction, account: str, entries: list[tuple[str, int]]) -> int:
    """Add those that are not there yet; return how many that were."""
    if not await store.lock_account(tx, account):
        raise NotFound("There is no account with this name.")
    added = [await _add(tx, StoredEntry(entry_id, account, amount, "")) for entry_id, amount in entries]
    return sum(added)


async def balance(tx: Transaction, account: str) -> Balance:
    if not await store.has_account(tx, account):
        raise NotFound("There is no account with this name.")
    return await store.balance(tx, account)


async def _add(tx: Transaction, entry: StoredEntry) -> bool:
    if not await store.add_entry(tx, entry):
        return False
    order_key = f"ledger:{entry.account}"
    await enqueue(tx, MIRROR, {"entry_id": entry.id, "amount": entry.amount}, order_key=order_key)
    return True
