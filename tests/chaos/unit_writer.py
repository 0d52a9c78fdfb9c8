"""A process that writes units without a pause and says of each how it ended: one JSON line each on stdout.

Run as `python -P -m tests.chaos.unit_writer <address> <name> <writers>`; it goes on until its stdin is closed.
"""

import asyncio
import json
import sys
import threading
import time

from backend.db import claims
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.outbox import enqueue
from backend.db.unit import Database, Transaction
from backend.errors import DatabaseUnavailable
from backend.secret import Secret
from tests.integration.db import ledger


def say(**about: object) -> None:
    sys.stdout.write(json.dumps(about) + "\n")
    sys.stdout.flush()


async def write(database: Database, account: str, amount: int) -> None:
    """Write what a mutation writes: the claim, the effect, what is to be done afterwards, the answer."""

    async def unit(transaction: Transaction) -> None:
        scope = claims.Scope(None, "process", account, "POST", "/entries", str(amount))
        claimed = await claims.insert(transaction, scope, fingerprint=b"f")
        assert isinstance(claimed, claims.Claimed)
        await ledger.write(transaction, account, amount)
        await enqueue(transaction, "noted", {"amount": amount}, tenant_id=account)
        await claims.finish(transaction, claimed, claims.StoredAnswer(201, (), str(amount).encode()))

    started = time.monotonic()
    try:
        await database.write(unit)
    except DatabaseUnavailable as error:
        say(refused=amount, why=error.sentence, seconds=time.monotonic() - started)
    else:
        say(kept=amount, seconds=time.monotonic() - started)


async def main(url: str, account: str, writers: int) -> None:
    over = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()

    async def write_on(number: int) -> None:
        while not over.is_set():
            await write(database, account, number)
            number += writers

    async with open_database(DatabaseConfig(Secret(url))) as database:
        say(ready=True)
        await asyncio.gather(*(write_on(number) for number in range(writers)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
