"""Opens the vault of a database: with its key file, or with a new one if nothing has been sealed yet."""

import contextlib
import time
from pathlib import Path

from backend.db.unit import Database, Transaction
from backend.sealing import key_file, store
from backend.sealing.key_file import KeyFileMissing
from backend.sealing.key_ring import KeyRing
from backend.sealing.master_keys import first
from backend.sealing.vault import Vault


async def open_vault(path: Path, database: Database) -> Vault:
    """Return the vault of a database; FilesError where its key file is missing, damaged or another one's."""
    try:
        ring = KeyRing(path)
    except KeyFileMissing:
        # Of several processes that begin at once, one makes it and all read it.
        if not await database.read(_is_in_use):
            with contextlib.suppress(FileExistsError):
                key_file.write(path, first(int(time.time())), is_new=True)
        # Where something is sealed by now, one of them may have made it since the first look; else it is missing.
        ring = KeyRing(path)
    vault = Vault(ring)
    await vault.open(database)
    return vault


async def _is_in_use(tx: Transaction) -> bool:
    return bool(await store.counts(tx))
