"""Devices: listed, renamed, ended at once and by themselves; on both databases."""

from typing import Any

from sqlalchemy import insert, select, update

from backend.db.now import now_milliseconds
from backend.db.unit import Transaction
from backend.web.keys import RIGHTS
from bridge.gate.devices import service, store
from bridge.gate.devices.models import DevicePlaceRow, DeviceRow
from bridge.gate.devices.store import Device
from bridge.gate.principal import Scope
from bridge.gate.sessions.models import BridgeSessionRow
from tests.accounts.house import Browser
from tests.integration.accounts.trails import trails
from tests.integration.gate.pairing.conftest import MINE, GateHouse, let_in
from tests.ledger.people import FOREIGN, SCHOOL

DEVICES = f"{MINE}/devices"
DAY = 86_400_000


async def one(house: GateHouse, author: Browser, **changed: Any) -> Any:
    return (await let_in(author, await house.pair(**changed)))["device"]


async def admin(house: GateHouse) -> Browser:
    person = await house.add_person("head@school.example")
    await house.give(person, "school_admin", SCHOOL)
    return await house.signed_in("head@school.example", second_factor=True)


async def stored(house: GateHouse, device_id: str) -> Device:
    return await house.database.read(lambda tx: service.device(tx, SCHOOL, device_id), tenant=SCHOOL)


async def set_times(house: GateHouse, **values: int) -> None:
    async def unit(tx: Transaction) -> None:
        await tx.execute(update(DeviceRow).where(DeviceRow.tenant_id == SCHOOL).values(**values))

    await house.database.write(unit, tenant=SCHOOL)


async def open_session(house: GateHouse, sid: str, holder_id: str, *, kind: str = "device") -> None:
    session = {"sid": sid, "epoch": "0" * 16, "tenant_id": SCHOOL, "kind": kind, "holder_id": holder_id}
    values = {**session, "scopes": '["sync"]', "master_version": 1, "opened_at": 1, "ends_at": 2}

    async def unit(tx: Transaction) -> None:
        await tx.execute(insert(BridgeSessionRow).values(**values))

    await house.database.write(unit)


async def sessions_ended(house: GateHouse) -> dict[str, bool]:
    async def unit(tx: Transaction) -> dict[str, bool]:
        found = await tx.execute(select(BridgeSessionRow.sid, BridgeSessionRow.revoked_at))
        return {row.sid: row.revoked_at is not None for row in found}

    return await house.database.read(unit)


async def test_devices_are_listed_a_page_at_a_time_and_shown(house: GateHouse) -> None:
    author = await house.author()
    made = [await one(house, author), await one(house, author, kind="daemon", name="The daemon")]
    first = (await author.ask("GET", f"{DEVICES}?limit=1")).json
    second = (await author.ask("GET", f"{DEVICES}?limit=1&cursor={first['next']}")).json

    assert made == [*first["devices"], *second["devices"]]
    assert second["next"] is None
    assert made[0] == (await author.ask("GET", f"{DEVICES}/{made[0]['id']}")).json
    assert ("active", "studio", "Ada's laptop", ["sync"]) == tuple(
        made[0][name] for name in ("state", "kind", "name", "scopes")
    )
    assert 404 == (await author.ask("GET", f"{DEVICES}/{'7' * 26}")).status


async def test_a_device_is_renamed_by_who_has_seen_it_as_it_is(house: GateHouse) -> None:
    author = await house.author()
    target = f"{DEVICES}/{(await one(house, author))['id']}"
    seen = (await author.ask("GET", target)).headers["ETag"]
    renamed = await author.ask("PATCH", target, {"name": "The lab"}, If_Match=seen)
    late = await author.ask("PATCH", target, {"name": "Mine"}, If_Match=seen)

    assert (200, "The lab", 412) == (renamed.status, renamed.json["name"], late.status)
    assert "device.renamed" in [each.kind for each in (await trails(house.database))[SCHOOL]]


async def test_a_revoked_device_and_its_sessions_end_at_once_for_everybody(house: GateHouse) -> None:
    author, head = await house.author(), await admin(house)
    device, other = await one(house, author), await one(house, author)
    await open_session(house, "its", device["id"])
    await open_session(house, "another's", other["id"])
    await open_session(house, "a key's", device["id"], kind="game_key")
    target = f"{DEVICES}/{device['id']}"
    before = house.app[RIGHTS].generation
    ended, again = [await head.ask("DELETE", target) for _ in range(2)]
    after = house.app[RIGHTS].generation

    assert (200, 200, "revoked") == (ended.status, again.status, ended.json["state"])
    assert ended.json == again.json
    assert {"its": True, "another's": False, "a key's": False} == await sessions_ended(house)
    assert before is not None
    assert after is not None
    assert after[0] > before[0], "the workers of this host were not told"
    assert 1 == [each.kind for each in (await trails(house.database))[SCHOOL]].count("device.revoked")


async def test_ending_a_device_is_for_who_may(house: GateHouse) -> None:
    author = await house.author()
    device = await one(house, author)

    assert 403 == (await author.ask("DELETE", f"{DEVICES}/{device['id']}")).status
    assert "active" == (await author.ask("GET", f"{DEVICES}/{device['id']}")).json["state"]


async def test_a_device_that_is_not_used_for_thirty_days_has_ended(house: GateHouse) -> None:
    author = await house.author()
    device = await one(house, author)
    now = await house.database.read(now_milliseconds)
    await set_times(house, approved_at=now - 30 * DAY)
    assert "ended" == (await author.ask("GET", f"{DEVICES}/{device['id']}")).json["state"]
    assert (await stored(house, device["id"])).is_over

    # It counts from its last use, not from its first day.
    await set_times(house, used_at=now - 29 * DAY)
    assert not (await stored(house, device["id"])).is_over
    await set_times(house, used_at=now - 30 * DAY)
    assert (await stored(house, device["id"])).is_over


async def test_use_is_noted_about_once_a_minute_and_the_first_signed_request_for_good(house: GateHouse) -> None:
    device = await one(house, await house.author())

    async def use() -> Device:
        await house.database.write(lambda tx: service.used(tx, SCHOOL, [device["id"]]), tenant=SCHOOL)
        return await stored(house, device["id"])

    first = await use()
    assert first.signed_at is not None
    assert first.used_at is not None
    soon = first.used_at - 50_000
    await set_times(house, used_at=soon)
    assert soon == (await use()).used_at
    await set_times(house, used_at=soon - 60_000)
    later = await use()
    assert later.used_at is not None
    assert later.used_at >= first.used_at
    assert (first.signed_at, 1) == (later.signed_at, later.version)


async def test_whose_a_device_is_is_found_by_its_id(house: GateHouse) -> None:
    device = await one(house, await house.author())

    assert SCHOOL == await house.database.read(lambda tx: store.place(tx, device["id"]))
    assert await house.database.read(lambda tx: store.place(tx, "7" * 26)) is None


async def test_another_school_sees_and_ends_nothing_of_it(house: GateHouse) -> None:
    device = await one(house, await house.author())
    person = await house.add_person("head@foreign.example")
    await house.give(person, "school_admin", FOREIGN)
    head = await house.signed_in("head@foreign.example", second_factor=True)
    theirs = f"/api/v1/tenants/{FOREIGN}/devices"

    assert [] == (await head.ask("GET", theirs)).json["devices"]
    assert [404] * 3 == [
        (await head.ask(method, f"{place}/{device['id']}")).status
        for method, place in (("GET", theirs), ("DELETE", theirs), ("DELETE", DEVICES))
    ]


async def test_a_scope_of_another_release_gives_nothing(house: GateHouse) -> None:
    device = await one(house, await house.author())

    async def unit(tx: Transaction) -> None:
        changed = update(DeviceRow).where(DeviceRow.tenant_id == SCHOOL).values(scopes='["rule", "sync"]')
        await tx.execute(changed)

    await house.database.write(unit, tenant=SCHOOL)

    assert (Scope.SYNC,) == (await stored(house, device["id"])).scopes


async def test_every_device_has_its_place(house: GateHouse) -> None:
    author = await house.author()
    made = {(await one(house, author))["id"] for _ in range(3)}

    async def unit(tx: Transaction) -> set[str]:
        return set((await tx.execute(select(DevicePlaceRow.device_id))).scalars())

    assert made == await house.database.read(unit)
