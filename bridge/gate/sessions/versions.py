"""What still needs each version of the master key: one may go only when nothing does."""

from collections import Counter
from dataclasses import dataclass

from backend.db.unit import Database, Transaction
from bridge.gate.devices import store as devices
from bridge.gate.sessions import store


@dataclass(frozen=True, slots=True)
class Needed:
    """By version. A device that is moving on to another needs both."""

    devices: Counter[int]
    sessions: Counter[int]


async def needed(database: Database) -> Needed:
    counted: Counter[int] = Counter()
    for tenant_id in await database.read(devices.tenants):

        async def unit(tx: Transaction, tenant_id: str = tenant_id) -> Counter[int]:
            return Counter(await store.versions_of_devices(tx, tenant_id))

        counted += await database.read(unit, tenant=tenant_id)
    return Needed(counted, Counter(await database.read(store.versions_of_sessions)))
