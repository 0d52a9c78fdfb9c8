"""Makes the name of this installation, once."""

import secrets
from typing import Final

from backend.db.unit import Database, Transaction
from bridge.gate.identity import store

BRIDGE_ID_BYTES: Final = 16


async def bridge_id(database: Database) -> bytes:
    """Return the name; the first process that asks makes it, and all that ask at once get the same."""
    found = await database.read(store.find)
    return bytes.fromhex(await database.write(_made) if found is None else found)


async def _made(tx: Transaction) -> str:
    await store.make(tx, secrets.token_hex(BRIDGE_ID_BYTES))
    made = await store.find(tx)
    if made is None:
        raise LookupError("the row that names this installation was made and is not there")
    return made
