"""The rules of devices: each can be ended at once, and ends by itself when it is not used."""

from collections.abc import Sequence
from typing import Final

from backend.accounts.audit.ids import as_id
from backend.accounts.audit.kinds import DeviceRenamed, DeviceRevoked
from backend.accounts.audit.teller import Teller
from backend.db.now import DatabaseNow
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Database, Transaction
from backend.errors import NOTHING_HERE, NotFound
from backend.web.precondition import require_version
from bridge.gate.devices import store
from bridge.gate.devices.store import Device

# That it is used is written down so often and no more.
_USED_APART_MILLISECONDS: Final = 60_000
# What a device is called once nobody may be known by it.
NAMELESS: Final = "-"


async def device(tx: Transaction, tenant_id: str, device_id: str) -> Device:
    return _there(await store.find(tx, tenant_id, device_id))


async def page(tx: Transaction, tenant_id: str, after: tuple[int | str, ...] | None, limit: int) -> Sequence[Device]:
    return await store.page(tx, tenant_id, after=after, limit=limit)


async def rename(  # noqa: PLR0917
    tx: Transaction, by: Teller, tenant_id: str, device_id: str, name: str, seen: int | None
) -> Device:
    found = _there(await store.find(tx, tenant_id, device_id, for_update=True))
    require_version(seen, found.version)
    await store.change(tx, tenant_id, device_id, {"name": name})
    renamed = await device(tx, tenant_id, device_id)
    await by.tell(tx, tenant_id, DeviceRenamed(as_id(device_id)))
    return renamed


async def revoke(tx: Transaction, by: Teller, rights: RightsChanges, tenant_id: str, device_id: str) -> Device:
    """End a device and its sessions at once; a second time changes nothing."""
    found = _there(await store.find(tx, tenant_id, device_id, for_update=True))
    if found.revoked_at is not None:
        return found
    await _end(tx, rights, tenant_id, device_id)
    revoked = await device(tx, tenant_id, device_id)
    await by.tell(tx, tenant_id, DeviceRevoked(as_id(device_id)))
    return revoked


async def has_signed(tx: Transaction, tenant_id: str, device_id: str) -> bool:
    """Whether its first signed request is written down; of a device that there is not there is nothing to write."""
    found = await store.find(tx, tenant_id, device_id)
    return found is None or found.signed_at is not None


async def used(tx: Transaction, tenant_id: str, device_ids: Sequence[str]) -> None:
    """Note signed requests: the first makes a device code worthless, each keeps its device from ending."""
    await store.used(tx, tenant_id, device_ids, apart_milliseconds=_USED_APART_MILLISECONDS)


async def forget_person(database: Database, rights: RightsChanges, person_id: str) -> int:
    """End the devices that a person let in, and take their names; return in how many there was something to take."""
    gone = 0
    for tenant_id in await database.read(store.tenants):

        async def unit(tx: Transaction, tenant_id: str = tenant_id) -> int:
            found = await store.approved_by(tx, tenant_id, person_id)
            left = [each for each in found if each.revoked_at is None or each.name != NAMELESS]
            for each in left:
                await store.change(tx, tenant_id, each.id, {"name": NAMELESS})
                if each.revoked_at is None:
                    await _end(tx, rights, tenant_id, each.id)
            return len(left)

        gone += await database.write(unit, tenant=tenant_id)
    return gone


async def _end(tx: Transaction, rights: RightsChanges, tenant_id: str, device_id: str) -> None:
    await store.change(tx, tenant_id, device_id, {"revoked_at": DatabaseNow()})
    await store.end_sessions(tx, tenant_id, device_id)
    await rights.changed(tx)


def _there(found: Device | None) -> Device:
    if found is None:
        raise NotFound(NOTHING_HERE)
    return found
