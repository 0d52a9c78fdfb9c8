"""What a session may do, read anew: and how it ends before its time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import update

from backend.accounts.audit.words import RevocationReason
from backend.accounts.keys.gamekeys.service import KEYS
from backend.accounts.tenants import service as tenants
from backend.db.now import DatabaseNow
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from backend.errors import NotFound
from backend.web.keys import RIGHTS
from bridge.gate.devices import service as devices
from bridge.gate.sessions import service, store
from bridge.gate.sessions.models import BridgeSessionRow
from bridge.gate.sessions.versions import needed
from bridge.keys import TABLE
from tests.gate.house import GateHouse
from tests.integration.accounts.trails import trails
from tests.integration.db.waiting import until_asked
from tests.integration.gate.sessions.test_game_opening import ask
from tests.ledger.people import FOREIGN, SCHOOL


async def opened(house: GateHouse) -> tuple[str, str]:
    """Return the key id of a session, and the id of the device that opened it."""
    device = await house.device()
    sent = await device.open()
    return sent.answer.json["key_id"], device.id


async def is_revoked(house: GateHouse, key_id: str) -> bool:
    found = await house.found(key_id)
    assert found is not None
    return found.revoked


async def changed(house: GateHouse, unit: Callable[[Transaction, RightsChanges], Awaitable[object]]) -> None:
    """Change something, and see that every worker is told of it."""
    before = house.app[TABLE].revocations

    async def whole(tx: Transaction) -> None:
        await unit(tx, house.app[RIGHTS])

    await house.database.write(whole, tenant=SCHOOL)
    assert house.app[TABLE].revocations > before


async def test_a_session_that_was_ended_is_found_as_such_by_every_worker(house: GateHouse) -> None:
    key_id, _ = await opened(house)
    other, _ = await opened(house)
    sid = key_id.partition(".")[0]
    await changed(
        house, lambda tx, rights: service.revoke(tx, house.by, rights, SCHOOL, sid, RevocationReason.BY_ADMIN)
    )
    assert [True, False] == [await is_revoked(house, key_id), await is_revoked(house, other)]


async def test_the_sessions_of_one_holder_end_and_no_others(house: GateHouse) -> None:
    key_id, device_id = await opened(house)
    other, _ = await opened(house)
    reason = RevocationReason.BY_ADMIN
    await changed(house, lambda tx, rights: service.revoke_of_holder(tx, house.by, rights, SCHOOL, device_id, reason))
    assert [True, False] == [await is_revoked(house, key_id), await is_revoked(house, other)]


async def test_sessions_end_with_their_device(house: GateHouse) -> None:
    key_id, device_id = await opened(house)
    await changed(house, lambda tx, rights: devices.revoke(tx, house.by, rights, SCHOOL, device_id))
    assert await is_revoked(house, key_id)


async def test_sessions_end_with_their_game_key(house: GateHouse) -> None:
    game_key, text = await house.game_key()
    _, other_text = await house.game_key()
    key_id, other = [(await ask(house, each)).json["key_id"] for each in (text, other_text)]
    await changed(house, lambda tx, rights: KEYS.revoke(tx, house.by, rights, SCHOOL, game_key))
    assert [True, False] == [await is_revoked(house, key_id), await is_revoked(house, other)]


async def test_sessions_go_on_where_their_game_key_is_given_another_text(house: GateHouse) -> None:
    game_key, text = await house.game_key()
    key_id = (await ask(house, text)).json["key_id"]
    await changed(house, lambda tx, rights: KEYS.rotate(tx, house.by, rights, SCHOOL, game_key, 1))
    assert not await is_revoked(house, key_id)


async def test_sessions_stop_with_their_tenant(house: GateHouse) -> None:
    key_id, _ = await opened(house)
    await changed(house, lambda tx, rights: tenants.suspend(tx, house.by, rights, SCHOOL))
    assert await is_revoked(house, key_id)


async def test_sessions_end_with_a_tenant_that_is_deleted(house: GateHouse) -> None:
    key_id, _ = await opened(house)
    await changed(house, lambda tx, rights: tenants.delete(tx, house.by, rights, SCHOOL))

    async def is_gone() -> bool:
        found = await house.found(key_id)
        return found is None or found.revoked

    assert await is_gone()
    # And the row goes, when the outbox has come to it.
    await until_asked(lambda: house.found(key_id), lambda found: found is None)


async def test_a_session_is_nobody_after_its_overlap(house: GateHouse) -> None:
    key_id, _ = await opened(house)

    async def age(tx: Transaction, seconds: int) -> None:
        await tx.execute(update(BridgeSessionRow).values(ends_at=DatabaseNow() - seconds * 1000))

    await house.database.write(lambda tx: age(tx, 30))
    assert await house.found(key_id) is not None
    await house.database.write(lambda tx: age(tx, 60))
    assert await house.found(key_id) is None


async def test_a_session_in_its_overlap_can_still_be_ended(house: GateHouse) -> None:
    key_id, _ = await opened(house)

    async def age(tx: Transaction) -> None:
        await tx.execute(update(BridgeSessionRow).values(ends_at=DatabaseNow() - 30_000))

    await house.database.write(age)
    await changed(
        house,
        lambda tx, rights: service.revoke(
            tx, house.by, rights, SCHOOL, key_id.partition(".")[0], RevocationReason.BY_ADMIN
        ),
    )
    assert await is_revoked(house, key_id)


async def test_who_opens_takes_away_what_ended_an_hour_ago(house: GateHouse) -> None:
    key_id, _ = await opened(house)
    kept, _ = await opened(house)

    async def age(tx: Transaction) -> None:
        for each, minutes in ((key_id, 61), (kept, 59)):
            this = BridgeSessionRow.sid == each.partition(".")[0]
            await tx.execute(update(BridgeSessionRow).where(this).values(ends_at=DatabaseNow() - minutes * 60_000))

    async def left(tx: Transaction) -> list[bool]:
        return [await store.find(tx, each.partition(".")[0]) is not None for each in (key_id, kept)]

    await house.database.write(age)
    await opened(house)
    assert [False, True] == await house.database.read(left)


async def test_nobody_ends_the_sessions_of_another_tenant(house: GateHouse) -> None:
    key_id, device_id = await opened(house)
    sid = key_id.partition(".")[0]

    async def one(tx: Transaction) -> int:
        return await service.revoke(tx, house.by, house.app[RIGHTS], FOREIGN, sid, RevocationReason.BY_ADMIN)

    async def many(tx: Transaction) -> int:
        return await service.revoke_of_holder(
            tx, house.by, house.app[RIGHTS], FOREIGN, device_id, RevocationReason.BY_ADMIN
        )

    with pytest.raises(NotFound):
        await house.database.write(one, tenant=FOREIGN)
    assert 0 == await house.database.write(many, tenant=FOREIGN)
    assert not await is_revoked(house, key_id)


async def test_a_session_is_listed_with_those_that_live(house: GateHouse) -> None:
    first, device_id = await opened(house)
    second, _ = await opened(house)

    async def listed(tx: Transaction, holder_id: str | None = None) -> list[str]:
        found = await service.live(tx, SCHOOL, holder_id=holder_id, after="", limit=10)
        return [each.sid for each in found]

    sids = sorted(each.partition(".")[0] for each in (first, second))
    assert sids == await house.database.read(listed)
    assert [first.partition(".")[0]] == await house.database.read(lambda tx: listed(tx, device_id))
    assert [] == await house.database.read(lambda tx: service.live(tx, FOREIGN, holder_id=None, after="", limit=10))


async def test_a_version_is_needed_by_sessions_and_by_devices_that_move_on(house: GateHouse) -> None:
    device = await house.device()
    await house.device()
    await device.open()
    before = await needed(house.database)
    assert ({1: 2}, {1: 1}) == (before.devices, before.sessions)
    house.rotate()
    await until_asked(lambda: asyncio.sleep(0, house.masters.newest()), lambda newest: newest == 2)
    await device.open()
    after = await needed(house.database)
    assert ({1: 2, 2: 1}, {1: 1, 2: 1}) == (after.devices, after.sessions)


async def test_that_sessions_are_ended_is_told_and_that_they_are_opened_is_not(house: GateHouse) -> None:
    key_id, device_id = await opened(house)
    await opened(house)
    before = await trails(house.database)
    assert [] == [each.kind for told in before.values() for each in told if "session" in each.kind]

    reason = RevocationReason.BY_ADMIN
    sid = key_id.partition(".")[0]
    await changed(house, lambda tx, rights: service.revoke(tx, house.by, rights, SCHOOL, sid, reason))
    await changed(house, lambda tx, rights: service.revoke_all(tx, house.by, rights, SCHOOL, reason))

    async def nothing_left(tx: Transaction) -> int:
        return await service.revoke_of_holder(tx, house.by, house.app[RIGHTS], SCHOOL, device_id, reason)

    assert 0 == await house.database.write(nothing_left, tenant=SCHOOL)
    told = (await trails(house.database))[SCHOOL]
    one = {"reason": "by_admin", "sessions": 1}
    assert [("sessions.revoked", one), ("sessions.revoked", one)] == [(each.kind, each.detail) for each in told]
