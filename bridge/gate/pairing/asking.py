"""The side of the device: it asks to be paired, and asks what became of it."""

from dataclasses import dataclass
from typing import Final

from backend.db.unit import Database, Transaction
from backend.errors import PairingDenied, PairingExpired, SlowDown, TooManyRequests
from backend.ids import new_id
from backend.sealing.key_ring import KeyRing
from backend.secret import Secret
from bridge.gate.devices import store as devices
from bridge.gate.devices.store import Device
from bridge.gate.identity import store as identity
from bridge.gate.masters import Masters
from bridge.gate.pairing import codes, store
from bridge.gate.pairing.store import Asking, Pairing

LIFE_SECONDS: Final = 600
INTERVAL_SECONDS: Final = 5
SLOWER_BY_SECONDS: Final = 5
# A guess at a code that waits is right once in ten million even when all of them wait.
MOST_PENDING: Final = 2000
# A school asks from one network; so many at once are a whole staff.
MOST_PENDING_OF_NETWORK: Final = 100
_FULL_WAIT_SECONDS: Final = 60
# Of two codes by chance one in twenty-five thousand million is the same.
_MOST_DRAWS: Final = 5


@dataclass(frozen=True, slots=True)
class Begun:
    device_code: Secret
    user_code: Secret


@dataclass(frozen=True, slots=True)
class Paired:
    device: Device
    tenant_id: str
    device_key: Secret
    bridge_public_key: bytes


class Pairings:
    def __init__(self, ring: KeyRing, masters: Masters) -> None:
        self._ring = ring
        self._masters = masters

    @property
    def bridge_id(self) -> str:
        return self._masters.bridge_id.hex()

    async def begin(self, database: Database, asking: Asking) -> Begun:
        """Make a pairing that waits for somebody; TooManyRequests where too many wait already."""
        return await database.write(lambda tx: self._begin(tx, asking))

    async def _begin(self, tx: Transaction, asking: Asking) -> Begun:
        # One at a time, so that no two count the same room.
        await identity.hold(tx)
        everywhere, there = await store.count_pending(tx, asking.network)
        if there >= MOST_PENDING_OF_NETWORK or everywhere >= MOST_PENDING:
            raise TooManyRequests(
                "Many pairings wait to be approved already; approve or refuse some, or try again in a minute.",
                _FULL_WAIT_SECONDS,
            )
        for _ in range(_MOST_DRAWS):
            begun = Begun(codes.new_device_code(), codes.new_user_code())
            digests = (
                codes.device_digest(begun.device_code.reveal()),
                self._ring.digest(codes.digested(begun.user_code)),
            )
            if await store.add(
                tx,
                new_id(),
                asking,
                digests,
                life_milliseconds=LIFE_SECONDS * 1000,
                interval_seconds=INTERVAL_SECONDS,
            ):
                return begun
        raise LookupError("no code by chance was free")

    async def redeem(self, database: Database, device_code: str) -> Paired | int:
        """Return what came of a pairing, or in how many seconds to ask again.

        SlowDown where it was asked too soon, PairingDenied, and PairingExpired whatever else stands in the way: a code
        that is over is not told from one that never was, and nothing is written for either.
        """
        digest = codes.device_digest(device_code)
        found = await database.read(lambda tx: store.by_device_code(tx, digest))
        if found is not None and found.state == "pending":
            found, is_early = await database.write(lambda tx: _asked_for(tx, digest))
            if is_early and found is not None:
                raise SlowDown(
                    f"This was asked too soon; ask every {found.interval_seconds} seconds from now on.",
                    found.interval_seconds,
                )
        if found is None:
            raise expired()
        if found.state == "pending":
            return found.interval_seconds
        if found.state == "denied":
            raise PairingDenied("Somebody has refused this pairing.")
        return await self._paired(database, found)

    async def _paired(self, database: Database, pairing: Pairing) -> Paired:
        tenant_id, device_id = pairing.tenant_id, pairing.device_id
        if tenant_id is None or device_id is None:
            raise LookupError("a pairing is approved and has no device")
        device = await database.read(lambda tx: devices.find(tx, tenant_id, device_id), tenant=tenant_id)
        # Once it has signed a request it has its key, and whoever else comes with the code has it from somewhere.
        if device is None or device.is_over or device.signed_at is not None:
            raise expired()
        key = self._masters.device_key(device.master_version, device.id, device.generation)
        # Of the device's version, so that a repeat is the same after a rotation.
        public_key = self._masters.public_key(device.master_version)
        return Paired(device, tenant_id, Secret(key.hex()), public_key)


async def _asked_for(tx: Transaction, digest: bytes) -> tuple[Pairing | None, bool]:
    """Note that it was asked for now; return it as it stands then, and whether that was too soon."""
    found = await store.by_device_code(tx, digest, for_update=True)
    if found is None or found.state != "pending":
        return found, False
    waited = None if found.asked_for_at is None else found.now - found.asked_for_at
    is_early = waited is not None and waited < found.interval_seconds * 1000
    interval = found.interval_seconds + (SLOWER_BY_SECONDS if is_early else 0)
    await store.polled(tx, found.id, interval)
    return await store.by_device_code(tx, digest), is_early


def expired() -> PairingExpired:
    return PairingExpired("This pairing is over, or there never was one; begin a new one.")
