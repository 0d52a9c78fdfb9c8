"""Wraps every key anew after the master key was rotated, a few at a time, so that nobody waits for it."""

from collections.abc import Callable

from backend.db.unit import Database, Transaction
from backend.sealing import store
from backend.sealing.vault import Vault

AT_ONCE = 200


async def wrap_all_anew(vault: Vault, database: Database, told: Callable[[int], None] = lambda _count: None) -> int:
    """Wrap what is still under an older master key; return how many that were. It can be stopped and begun again."""
    done = 0
    while count := await database.write(lambda tx: _some(vault, tx)):
        done += count
        told(done)
    return done


async def _some(vault: Vault, tx: Transaction) -> int:
    old = await store.not_under(tx, vault.ring.newest_version(), at_most=AT_ONCE)
    for each in old:
        await store.wrap_anew(tx, each, vault.wrapped_anew(each))
    return len(old)
