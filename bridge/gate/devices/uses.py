"""Notes that devices are used: the first time before anything is answered, after that many at once, now and then."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from backend.db.unit import Database, Transaction
from backend.errors import ServiceError
from bridge.gate.devices import service

EVERY_SECONDS: Final = 30.0
# So many in one statement.
NOTED_AT_ONCE: Final = 500
# What a worker remembers of either kind; the rest is asked for again, or noted the next time.
_MOST: Final = 65_536

_log = logging.getLogger(__name__)


class Uses:
    """What one worker knows of the use of devices."""

    def __init__(self, database: Callable[[], Database], *, most: int = _MOST) -> None:
        self._database = database
        self._most = most
        # Those that have signed a request before, which nothing takes back.
        self._signed: set[str] = set()
        # Whose each is that signed a request since it was last written down.
        self._lately: dict[str, str] = {}

    async def begin(self, tenant_id: str, device_id: str) -> None:
        """See that it is written down that a device has signed a request: its device code is worth nothing then."""
        if device_id in self._signed:
            return
        database = self._database()
        if not await database.read(lambda tx: service.has_signed(tx, tenant_id, device_id), tenant=tenant_id):
            await database.write(lambda tx: service.used(tx, tenant_id, [device_id]), tenant=tenant_id)
        if len(self._signed) >= self._most:
            self._signed.clear()
        self._signed.add(device_id)

    def note(self, tenant_id: str, device_id: str) -> None:
        """Remember that it signed a request; every request comes here."""
        if len(self._lately) < self._most:
            self._lately[device_id] = tenant_id

    async def write_down(self) -> None:
        """Write down which devices were used since this was last done; ServiceError keeps them for the next time."""
        lately, self._lately = self._lately, {}
        try:
            for tenant_id, device_ids in _by_tenant(lately).items():
                for first in range(0, len(device_ids), NOTED_AT_ONCE):
                    some = device_ids[first : first + NOTED_AT_ONCE]

                    async def unit(tx: Transaction, tenant_id: str = tenant_id, some: list[str] = some) -> None:
                        await service.used(tx, tenant_id, some)

                    await self._database().write(unit, tenant=tenant_id)
        except ServiceError:
            self._lately = lately | self._lately
            raise


@asynccontextmanager
async def writing_down(uses: Uses, *, every_seconds: float = EVERY_SECONDS) -> AsyncIterator[None]:
    """Write down every now and then until the block is left, and what is left over then."""
    task = asyncio.create_task(_write_for_ever(uses, every_seconds), name="uses of devices")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
        await _write_once(uses)


async def _write_for_ever(uses: Uses, every_seconds: float) -> None:
    while True:
        await asyncio.sleep(every_seconds)
        await _write_once(uses)


async def _write_once(uses: Uses) -> None:
    try:
        await uses.write_down()
    except ServiceError as error:
        _log.warning("which devices were used could not be written down", exc_info=error)


def _by_tenant(devices: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    # In one order, so that no two workers wait for each other.
    for device_id in sorted(devices):
        found.setdefault(devices[device_id], []).append(device_id)
    return found
