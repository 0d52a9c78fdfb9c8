"""Wraps every key anew after the master key was rotated, a few at a time, so that nobody waits for it."""

from collections.abc import Callable

from backend.db.unit import Database, Transaction
from backend.sealing import store
from backend.sealing.vault import PLATFORM, Vault

AT_ONCE = 200


async def begin(vault: Vault, tx: Transaction) -> bool:
    """Wrap the platform's key under the newest master key; False if that was done before.

    It is the first of a rotation, and what the caller tells in the same unit is told once for each version.
    """
    held = await store.find(tx, PLATFORM)
    if held is None or held.master_version == vault.ring.newest_version():
        return False
    await store.wrap_anew(tx, held, vault.wrapped_anew(held))
    return True


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
