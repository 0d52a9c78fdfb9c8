"""How a device opens a session."""

from dataclasses import dataclass, field, replace
from typing import Final

from backend.accounts.tenants import store as tenants
from backend.accounts.tenants.store import Tenant
from backend.db.unit import Transaction
from backend.errors import NotProven, Revoked
from backend.sealing.master_keys import UnknownVersion
from bridge.gate.devices import store as devices
from bridge.gate.devices.store import Device
from bridge.gate.principal import DEVICE, OF_DEVICES
from bridge.gate.sessions import service
from bridge.gate.sessions.challenge import REMEMBERED_SECONDS, Challenges
from bridge.gate.sessions.grant import Asked, DeviceKey, Signer, signer
from bridge.gate.sessions.keeping import Name, Room, check_spent
from bridge.gate.sessions.life import LIFE_SECONDS
from bridge.gate.sessions.store import NewRecord

# Whose a device would be that there is not: its rows are looked for all the same.
_NO_TENANT: Final = "0" * 26
_NO_GENERATION: Final = 0


@dataclass(frozen=True, slots=True)
class Opening:
    """What a device sent to open a session."""

    device_id: str
    asked: Asked
    proof: bytes
    authority: str
    body: bytes = field(repr=False)
    place_id: int | None = None
    universe_id: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A device that has shown that it is the device, and with which of its keys."""

    opening: Opening
    tenant_id: str
    key: DeviceKey
    version: int


@dataclass(frozen=True, slots=True)
class Granted:
    """A session for a device; only the device can take its key out."""

    name: Name
    wrapped_key: bytes
    life_seconds: int
    record: NewRecord
    signer: Signer
    # A new key of the device, for it alone.
    wrapped_device_key: bytes | None


@dataclass(frozen=True, slots=True)
class _Known:
    tenant_id: str
    device: Device | None
    tenant: Tenant | None


class Openings:
    def __init__(self, room: Room, challenges: Challenges) -> None:
        self._room = room
        self._challenges = challenges

    def challenge(self, device_id: str) -> bytes:
        return self._challenges.make(device_id, self._room.store.epoch)

    async def show(self, opening: Opening) -> Shown:
        """Find out whether it is the device; NotProven for every other, after the same work."""
        known = await self._known(opening.device_id)
        right = None
        for version, key in self._keys(opening.device_id, known.device):
            # Both are tried, whether the first is right or not.
            if key.opens(opening.asked, opening.authority, opening.body, opening.proof):
                right = version, key
        if known.device is None or right is None:
            raise NotProven
        return Shown(opening, known.tenant_id, right[1], right[0])

    async def grant(self, shown: Shown) -> Granted:
        """Open a session for it. Whatever is refused from here on may be told to the device, with a proof."""
        opening, store = shown.opening, self._room.store
        if not self._challenges.holds(opening.asked.challenge, opening.device_id, store.epoch):
            raise NotProven
        await self._check_may(shown)
        check_spent(await store.spend(opening.asked.challenge, life_seconds=REMEMBERED_SECONDS))
        name = self._room.new_name()
        kept: list[tuple[NewRecord, Device]] = []

        async def keep(tx: Transaction) -> int:
            # What a unit that is run again has left is not counted.
            kept[:] = [await self._keep(tx, shown, name)]
            return LIFE_SECONDS

        life_seconds = await self._room.begin(name, keep, tenant_id=shown.tenant_id)
        ((record, device),) = kept
        masters = self._room.masters
        key = masters.session_key(name.master_version, name.key_id)
        moves_to = device.next_master_version
        return Granted(
            name=name,
            wrapped_key=shown.key.wrapped_session_key(opening.asked, name.key_id, key),
            life_seconds=life_seconds,
            record=record,
            signer=signer(masters, moves_to or device.master_version, known=shown.version),
            wrapped_device_key=None if moves_to is None else self._wrapped_anew(shown, device, moves_to),
        )

    async def _known(self, device_id: str) -> _Known:
        async def place(tx: Transaction) -> str | None:
            return await devices.place(tx, device_id)

        database = self._room.database()
        tenant_id = await database.read(place) or _NO_TENANT

        async def of_tenant(tx: Transaction) -> _Known:
            return await _read(tx, tenant_id, device_id)

        return await database.read(of_tenant, tenant=tenant_id)

    def _keys(self, device_id: str, device: Device | None) -> list[tuple[int, DeviceKey]]:
        """Return the two keys that a device may open with; for what is no device, two that open nothing."""
        masters = self._room.masters
        newest = masters.newest()
        versions = [newest, newest]
        if device is not None:
            versions = [device.master_version, device.next_master_version or device.master_version]
        generation = _NO_GENERATION if device is None else device.generation
        return [(version, DeviceKey(self._secret(version, device_id, generation))) for version in versions]

    def _secret(self, version: int, device_id: str, generation: int) -> bytes:
        masters = self._room.masters
        try:
            return masters.device_key(version, device_id, generation)
        except UnknownVersion:
            # Taken out of the file: nobody can tell any more whether it is the device. The same work is done for it as
            # for what is none, with a key that nobody has.
            return masters.device_key(masters.newest(), device_id, _NO_GENERATION)

    async def _check_may(self, shown: Shown) -> None:
        async def unit(tx: Transaction) -> None:
            known = await _read(tx, shown.tenant_id, shown.opening.device_id)
            _allowed(known)
            await service.check_room(tx, shown.tenant_id, DEVICE, shown.opening.device_id)

        await self._room.database().read(unit, tenant=shown.tenant_id)

    async def _keep(self, tx: Transaction, shown: Shown, name: Name) -> tuple[NewRecord, Device]:
        """Keep the session, and let the device move on to another version of its key."""
        opening = shown.opening
        # Held, so that of two that come at once the second counts the first, and one key moves on at a time.
        device = _allowed(await _read(tx, shown.tenant_id, opening.device_id, for_update=True))
        moved = self._moved(device, shown.version)
        if moved != (device.master_version, device.next_master_version):
            await devices.change(
                tx, shown.tenant_id, device.id, {"master_version": moved[0], "next_master_version": moved[1]}
            )
        record = NewRecord(
            sid=name.sid,
            epoch=name.epoch,
            tenant_id=shown.tenant_id,
            kind=DEVICE,
            holder_id=device.id,
            project_id=device.project_id,
            scopes=tuple(scope for scope in device.scopes if scope in OF_DEVICES),
            place_id=opening.place_id,
            universe_id=opening.universe_id,
            master_version=name.master_version,
        )
        await service.keep(tx, record, life_milliseconds=LIFE_SECONDS * 1000)
        return record, replace(device, master_version=moved[0], next_master_version=moved[1])

    def _moved(self, device: Device, opened_with: int) -> tuple[int, int | None]:
        """Return the version of a device's key and the one that it moves on to, after an opening with one of them."""
        current, following = device.master_version, device.next_master_version
        if opened_with not in {current, following}:
            # Another opening has moved it on meanwhile, and what this one was proven with is worth nothing any more.
            raise NotProven
        if opened_with == following:
            current, following = following, None
        newest = self._room.masters.newest()
        # One that was offered stays so until it is used: a window of Studio may have stored it already.
        if following is None and current < newest:
            following = newest
        return current, following

    def _wrapped_anew(self, shown: Shown, device: Device, version: int) -> bytes:
        new = self._room.masters.device_key(version, device.id, device.generation)
        return shown.key.wrapped_device_key(shown.opening.asked, new)


async def _read(tx: Transaction, tenant_id: str, device_id: str, *, for_update: bool = False) -> _Known:
    # The tenant first, as whatever adds to one does.
    tenant = await tenants.find(tx, tenant_id, for_update=for_update)
    return _Known(tenant_id, await devices.find(tx, tenant_id, device_id, for_update=for_update), tenant)


def _allowed(known: _Known) -> Device:
    if known.device is None or known.device.revoked_at is not None:
        raise Revoked("This device was revoked; pair it anew.")
    if known.device.is_over:
        raise Revoked("This device was not used for a long time, so it is no longer let in; pair it anew.")
    if known.tenant is None or known.tenant.state != "active":
        raise Revoked("What this device belongs to is suspended; ask whoever runs this bridge.")
    return known.device
