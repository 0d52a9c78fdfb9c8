"""What the gate takes away of a person who is erased."""

from collections.abc import Callable

from backend.compliance.erasure import Step
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Database
from bridge.gate.devices import service as devices


def steps(rights: Callable[[], RightsChanges]) -> tuple[Step, ...]:
    """Return the steps, which come before those that forget where the person belonged."""

    async def end_devices(database: Database, _tenant: str | None, person_id: str) -> int:
        return await devices.forget_person(database, rights(), person_id)

    return (Step("devices", end_devices),)
