"""Opens wrapped keys one after the other, and names the holders of those that do not open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.db.unit import Database, Transaction
from backend.sealing import store
from backend.sealing.sealed import DoesNotOpen
from backend.sealing.store import WrappedKey
from backend.sealing.vault import HolderKey, Vault

AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """Who has a key that opens, and who has one that does not."""

    open: tuple[str, ...]
    closed: tuple[str, ...]


async def check_holders(vault: Vault, database: Database, told: Callable[[int], None]) -> Opened:
    """Open the key of the platform and those of the tenants."""
    good: list[str] = []
    bad: list[str] = []
    after = ""

    async def unit(tx: Transaction) -> Sequence[WrappedKey]:
        return await store.after(tx, after, at_most=AT_ONCE)

    while page := await database.read(unit):
        for each in page:
            (good if vault.opens(each) else bad).append(each.holder)
        after = page[-1].holder
        told(len(page))
    return Opened(tuple(good), tuple(bad))


async def check_subjects(vault: Vault, database: Database, tenant_id: str, told: Callable[[int], None]) -> Opened:
    """Open the keys of those of whom a tenant, whose own key opens, keeps something."""
    good: list[str] = []
    bad: list[str] = []
    after = ""

    async def unit(tx: Transaction) -> Sequence[tuple[str, bool]]:
        holder = await vault.of_tenant(tx, tenant_id)
        page = await store.subjects_after(tx, tenant_id, after, at_most=AT_ONCE)
        return [(subject_id, _opens(holder, subject_id, wrapped)) for subject_id, wrapped in page]

    while page := await database.read(unit, tenant=tenant_id):
        for subject_id, opens in page:
            (good if opens else bad).append(subject_id)
        after = page[-1][0]
        told(len(page))
    return Opened(tuple(good), tuple(bad))


def _opens(holder: HolderKey, subject_id: str, wrapped: bytes) -> bool:
    try:
        holder.subject(subject_id, wrapped)
    except DoesNotOpen:
        return False
    return True
