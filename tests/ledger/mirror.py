"""The outbox kind `ledger.mirror`: writes one mirror row for each entry, however often it is called."""

from collections.abc import Callable

from backend.db.fresh import OutboxRow
from backend.db.handlers import Handlers
from backend.db.unit import Database, Transaction
from tests.ledger import store
from tests.ledger.service import MIRROR


def handlers(database: Callable[[], Database]) -> Handlers:
    """Return the handlers of the ledger; the database is asked for when a row is run, as it is opened later."""

    async def mirror(row: OutboxRow) -> None:
        entry_id, amount = row.body["entry_id"], row.body["amount"]
        assert isinstance(entry_id, str)
        assert isinstance(amount, int)

        async def unit(tx: Transaction) -> None:
            await store.mirror(tx, entry_id=entry_id, outbox_id=row.id, amount=amount)

        await database().write(unit)

    found = Handlers()
    found.add(MIRROR, mirror)
    return found
