"""The routes of devices."""

from backend.accounts.audit.acting import teller_of
from backend.db.unit import Transaction
from backend.web.call import Answer, Call
from backend.web.keys import DATABASE, RIGHTS
from backend.web.paging import Cursors, PageQuery
from backend.web.route import IdempotentBy, Route
from bridge.gate.devices import service
from bridge.gate.devices.schemas import DevicePath, DeviceShown, DevicesPath, DevicesShown, Renaming, device_shown
from bridge.gate.devices.store import Device

DEVICES = "/api/v1/tenants/{tenant_id}/devices"
DEVICE = f"{DEVICES}/{{device_id}}"

_BY_AGE = Cursors("devices", str)


async def get_devices(call: Call[None, PageQuery, DevicesPath]) -> Answer:
    query, tenant_id = call.query, call.params.tenant_id
    after = _BY_AGE.read(query)

    async def unit(tx: Transaction) -> DevicesShown:
        found = await service.page(tx, tenant_id, after, query.limit + 1)
        page = _BY_AGE.page(found, [(each.id,) for each in found], query)
        return DevicesShown(tuple(map(device_shown, page.rows)), page.next)

    return Answer(200, await call.app[DATABASE].read(unit, tenant=call.tenant))


async def get_device(call: Call[None, None, DevicePath]) -> Answer:
    async def unit(tx: Transaction) -> Device:
        return await service.device(tx, call.params.tenant_id, call.params.device_id)

    return _answer(await call.app[DATABASE].read(unit, tenant=call.tenant))


async def patch_device(call: Call[Renaming, None, DevicePath], tx: Transaction) -> Answer:
    place = call.params
    return _answer(
        await service.rename(tx, teller_of(call), place.tenant_id, place.device_id, call.body.name, call.version)
    )


async def delete_device(call: Call[None, None, DevicePath], tx: Transaction) -> Answer:
    place = call.params
    return _answer(await service.revoke(tx, teller_of(call), call.app[RIGHTS], place.tenant_id, place.device_id))


def _answer(device: Device) -> Answer:
    return Answer(200, device_shown(device), version=device.version)


ROUTES = (
    Route(
        method="GET",
        path=DEVICES,
        handler=get_devices,
        params=DevicesPath,
        query=PageQuery,
        answers={200: DevicesShown},
        permission="device.read",
        rate_class="read",
        summary="The Studio installs and daemons of a tenant, a page at a time",
    ),
    Route(
        method="GET",
        path=DEVICE,
        handler=get_device,
        params=DevicePath,
        answers={200: DeviceShown},
        permission="device.read",
        rate_class="read",
        versioned=True,
        summary="One device",
    ),
    Route(
        method="PATCH",
        path=DEVICE,
        handler=patch_device,
        params=DevicePath,
        request=Renaming,
        answers={200: DeviceShown},
        permission="device.approve",
        rate_class="write",
        idempotent_by=IdempotentBy.VERSION,
        versioned=True,
        summary="Rename a device",
    ),
    Route(
        method="DELETE",
        path=DEVICE,
        handler=delete_device,
        params=DevicePath,
        answers={200: DeviceShown},
        permission="device.revoke",
        rate_class="write",
        idempotent_by=IdempotentBy.STATE,
        versioned=True,
        summary="End a device and its sessions at once",
    ),
)
