"""The side of the person, who lets in what asks, or refuses it: the command line and the API both come here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from backend.accounts.audit.ids import as_id
from backend.accounts.audit.kinds import DeviceApproved, PairingDenied
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import DeviceKind
from backend.accounts.tenants import service as tenants
from backend.db.unit import Database, Transaction
from backend.errors import Conflict, NotFound, refused_value
from backend.ids import new_id
from backend.sealing.key_ring import KeyRing
from bridge.gate.devices import store as devices
from bridge.gate.devices.store import Device
from bridge.gate.digits import six_digits
from bridge.gate.masters import Masters
from bridge.gate.pairing import codes, store
from bridge.gate.pairing.store import Pairing
from bridge.gate.pairing.tries import CodeTries
from bridge.gate.principal import ALL_SCOPES, OF_DEVICES, Scope

_UNKNOWN: Final = "No pairing with this code waits here; a code holds for ten minutes, and the device shows a new one."


@dataclass(frozen=True, slots=True)
class Approved:
    """A device that was let in, and what its person has to see on it."""

    device: Device
    digits: str


class Approvals:
    def __init__(self, ring: KeyRing, masters: Masters) -> None:
        self._ring = ring
        self._masters = masters
        self._tries = CodeTries(ring)

    async def look_up(self, database: Database, person_id: str, network: str, tenant_id: str, typed: str) -> Pairing:
        """Return what a person typed the code of; NotFound for what is no code too, TooManyTries after many of them."""
        # In a unit of its own, so that it is counted also where nothing is found.
        tried = await database.write(lambda tx: self._tries.begin(tx, person_id, network))

        async def unit(tx: Transaction) -> Pairing | None:
            found = await self._find(tx, tenant_id, typed)
            if found is not None:
                await self._tries.was_right(tx, tried)
            return found

        return _there(await database.write(unit))

    async def at_the_machine(self, tx: Transaction, tenant_id: str | None, typed: str) -> Pairing:
        """Return what the operator typed the code of: who reads the database itself is not kept from guessing."""
        return _there(await self._find(tx, tenant_id, typed))

    async def _find(self, tx: Transaction, tenant_id: str | None, typed: str) -> Pairing | None:
        code = codes.read(typed)
        if code is None:
            return None
        found = await store.by_user_code(tx, self._ring.digests(codes.digested(code)))
        # What became of it in one tenant is none of another's business.
        is_anybodys = found is not None and (found.tenant_id is None or found.tenant_id == tenant_id)
        return found if is_anybodys else None

    async def approve(
        self, tx: Transaction, by: Teller, tenant_id: str, pairing_id: str, scopes: Sequence[Scope]
    ) -> Approved:
        """Let a device into a tenant, and return the digits; a second time makes no other device."""
        wanted = tuple(scope for scope in ALL_SCOPES if scope in scopes)
        if not wanted or not set(scopes) <= OF_DEVICES:
            names = ", ".join(scope for scope in ALL_SCOPES if scope in OF_DEVICES)
            raise refused_value("/body/scopes", f"A device can have one or more of {names}")
        found = await self._held(tx, tenant_id, pairing_id)
        if found.state == "denied":
            raise Conflict("This pairing was refused.")
        if found.device_id is not None:
            return await self._again(tx, tenant_id, found.device_id, wanted)
        tenant = await tenants.hold(tx, tenant_id)
        if tenant.state != "active":
            raise Conflict(f"This tenant is {tenant.state}.")
        device = await devices.add(
            tx,
            tenant_id,
            new_id(),
            kind=found.kind,
            name=found.name,
            scopes=wanted,
            master_version=self._masters.newest(),
            by=by.actor,
        )
        await store.approved(tx, pairing_id, tenant_id, device.id)
        await by.tell(tx, tenant_id, DeviceApproved(as_id(device.id), DeviceKind(device.kind), len(wanted)))
        return self._approved(device)

    async def deny(self, tx: Transaction, by: Teller, tenant_id: str, pairing_id: str) -> None:
        """Refuse a pairing; `tenant_id` is whose trail is told, and may be the platform's."""
        found = await self._held(tx, tenant_id, pairing_id)
        if found.device_id is not None:
            raise Conflict("This pairing was approved; revoke its device.")
        if found.state == "denied":
            return
        await store.denied(tx, pairing_id)
        await by.tell(tx, tenant_id, PairingDenied(as_id(pairing_id), DeviceKind(found.kind)))

    async def _held(self, tx: Transaction, tenant_id: str, pairing_id: str) -> Pairing:
        found = await store.hold(tx, pairing_id)
        is_anybodys = found is not None and (found.tenant_id is None or found.tenant_id == tenant_id)
        return _there(found if is_anybodys else None)

    async def _again(self, tx: Transaction, tenant_id: str, device_id: str, wanted: tuple[Scope, ...]) -> Approved:
        device = await devices.find(tx, tenant_id, device_id)
        if device is None or device.is_over:
            raise Conflict("This pairing was approved, and its device has been revoked.")
        if device.scopes != wanted:
            raise Conflict("This pairing was approved with other scopes; revoke its device, and pair it anew.")
        return self._approved(device)

    def _approved(self, device: Device) -> Approved:
        key = self._masters.device_key(device.master_version, device.id, device.generation)
        return Approved(device, six_digits(key))


def _there(found: Pairing | None) -> Pairing:
    if found is None:
        raise NotFound(_UNKNOWN)
    return found
