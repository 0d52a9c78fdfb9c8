"""What is left of devices when a school or a person goes; on both databases."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from backend.accounts import erasure as accounts
from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit.acting import AUDIT
from backend.accounts.audit.teller import Teller
from backend.accounts.tenants import service as tenants
from backend.accounts.tenants import store as tenant_store
from backend.compliance.erasure import Erasure
from backend.compliance.ledger import Ledger
from backend.db.unit import Transaction
from backend.web.keys import RIGHTS
from bridge.gate import erasure as gate
from bridge.gate.devices.models import DevicePlaceRow
from bridge.gate.pairing.models import PairingRow
from bridge.gate.sessions.models import BridgeSessionRow
from tests.accounts.house import OPERATOR
from tests.integration.gate.pairing.conftest import GateHouse, let_in, look_up
from tests.integration.gate.pairing.test_approval import devices_of
from tests.integration.gate.pairing.test_devices import open_session, sessions_ended, stored
from tests.integration.web.waiting import until
from tests.ledger.people import FOREIGN, SCHOOL


async def counts(house: GateHouse) -> Mapping[str, int]:
    """Return how many rows there are of what says whose a device is."""

    async def unit(tx: Transaction) -> dict[str, int]:
        return {
            row.__tablename__: int((await tx.execute(select(func.count()).select_from(row))).scalar_one())
            for row in (PairingRow, DevicePlaceRow, BridgeSessionRow)
        }

    return await house.database.read(unit)


async def test_a_deleted_school_leaves_no_device_behind_and_another_keeps_its_own(house: GateHouse) -> None:
    ours, theirs = await house.author(), await house.author("author@foreign.example", FOREIGN)
    device = (await let_in(ours, await house.pair()))["device"]
    await open_session(house, "its", device["id"])
    place = f"/api/v1/tenants/{FOREIGN}"
    kept = await look_up(theirs, (await house.pair())["user_code"], place)
    path = f"{place}/pairings/{kept.json['id']}/approval"
    assert 200 == (await theirs.ask("PUT", path, {"scopes": ["sync"]})).status
    assert {"pairings": 2, "device_places": 2, "bridge_sessions": 1} == await counts(house)

    await house.database.write(
        lambda tx: tenants.delete(tx, Teller(house.app[AUDIT], OPERATOR), house.app[RIGHTS], SCHOOL), tenant=SCHOOL
    )
    await until(lambda: is_deleted(house))

    assert {"pairings": 1, "device_places": 1, "bridge_sessions": 0} == await counts(house)
    assert (0, 1) == (await devices_of(house), await devices_of(house, FOREIGN))


async def is_deleted(house: GateHouse) -> bool:
    found = await house.database.read(lambda tx: tenant_store.find(tx, SCHOOL))
    return found is not None and found.state == "deleted"


async def test_who_is_erased_takes_the_devices_they_let_in_along(house: GateHouse) -> None:
    author, other = await house.author(), await house.author("other@school.example")
    device = (await let_in(author, await house.pair(name="Zzyzx's laptop")))["device"]
    kept = (await let_in(other, await house.pair(name="Another's")))["device"]
    await open_session(house, "its", device["id"])
    person_id: Any = (await author.ask("GET", "/api/v1/me")).json["id"]
    rights = house.app[RIGHTS]
    steps = (*gate.steps(lambda: rights), *accounts.steps(lambda: rights, lambda: house.app[ACCOUNTS].vault))
    erasure = Erasure(steps, Ledger(house.folder / "erasures.jsonl", bytes(32)))
    before = rights.generation
    first = await erasure.erase(house.database, None, person_id, "request")
    second = await erasure.erase(house.database, None, person_id, "request")

    gone = await stored(house, device["id"])
    assert ("revoked", "-", person_id) == (gone.state, gone.name, gone.approved_by)
    assert {"its": True} == await sessions_ended(house)
    assert (1, 0) == (first.rows["devices"], second.rows["devices"])
    assert before is not None
    assert (rights.generation or before)[0] > before[0]
    assert ("active", "Another's") == ((left := await stored(house, kept["id"])).state, left.name)


async def test_who_has_left_the_school_is_not_forgotten_by_an_erasure(house: GateHouse) -> None:
    """Their devices are found by who let them in, and not by where they belong today."""
    author = await house.author()
    device = (await let_in(author, await house.pair()))["device"]
    person_id: Any = (await author.ask("GET", "/api/v1/me")).json["id"]
    rights = house.app[RIGHTS]
    (devices,) = gate.steps(lambda: rights)
    for step in accounts.steps(lambda: rights, lambda: house.app[ACCOUNTS].vault):
        await step.run(house.database, None, person_id)

    assert 1 == await devices.run(house.database, None, person_id)
    assert "revoked" == (await stored(house, device["id"])).state
