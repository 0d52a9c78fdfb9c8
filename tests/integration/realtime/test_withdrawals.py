"""A right that is withdrawn ends what stands on it within five seconds, over each transport."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn

import pytest
from sqlalchemy import delete, update

from backend.accounts.keys.lookups.models import KeyLookupRow
from backend.db.config import DatabaseConfig
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from backend.errors import DatabaseUnavailable
from backend.web.caller import CallerKind
from bridge.gate.sessions.models import BridgeSessionRow
from bridge.keys import DATABASE, RIGHTS
from bridge.realtime.desk import DESK
from core_rs import Table
from tests.integration.gate.house import House, open_house
from tests.integration.gate.signer import Signer
from tests.integration.realtime.channels import OF_GAME, OF_PROJECT, TENANT, put, top
from tests.integration.realtime.reader import EventReader, Items, Reader, events, poll, reading
from tests.integration.web.waiting import until
from tests.ledger.people import FOREIGN, SCHOOL, Directory, Person

WITHIN_SECONDS = 5.0


@asynccontextmanager
async def over_websocket(house: House, signer: Signer, *channels: str) -> AsyncIterator[Items]:
    async with reading(house.bridge.client, signer) as reader:
        for channel in channels:
            assert "following" == (await reader.follow(channel))["type"]
        yield reader


@asynccontextmanager
async def over_events(house: House, signer: Signer, *channels: str) -> AsyncIterator[Items]:
    async with events(house.bridge.client, ",".join(channels), signer=signer) as reader:
        for _ in channels:
            assert "following" == (await reader.item())["type"]
        yield reader


BOTH = pytest.mark.parametrize("way", [over_websocket, over_events], ids=["websocket", "events"])


async def is_closed(reader: Items) -> bool:
    """Whether the connection ends after the last item."""
    if isinstance(reader, Reader):
        return await reader.close_code() in {4001, 4003, 4012}
    assert isinstance(reader, EventReader)
    return await reader.is_over()


async def ends_as(reader: Items, code: str, withdraw: Callable[[], Awaitable[Any]]) -> None:
    began = monotonic()
    await withdraw()
    assert code == (await reader.bye())["code"]
    assert await is_closed(reader)
    assert monotonic() - began < WITHIN_SECONDS


async def in_a_unit(house: House, statement: Any, rights: RightsChanges | None = None) -> None:
    """Do something as somebody who may does it: everybody reads their rights anew."""
    told = rights or house.app[RIGHTS]

    async def unit(tx: Transaction) -> None:
        await tx.execute(statement)
        await told.changed(tx)

    await house.app[DATABASE].write(unit, tenant=SCHOOL)


@BOTH
async def test_a_session_that_was_ended(house: House, way: Any) -> None:
    signer, other = [await house.signer(scopes=("read",)) for _ in range(2)]
    async with way(house, signer, TENANT) as reader, way(house, other, TENANT) as stays:
        await ends_as(reader, "revoked", lambda: house.revoke(signer.session))
        await put(house, "still")
        assert ["still"] == await stays.messages(1)


@BOTH
async def test_a_session_that_another_host_ended(house: House, way: Any) -> None:
    signer = await house.signer(scopes=("read",))
    ended = update(BridgeSessionRow).where(BridgeSessionRow.sid == signer.session.sid).values(revoked_at=1)
    # It has a memory of its own, so nothing but the database can tell.
    elsewhere = RightsChanges(Table.in_process())
    async with way(house, signer, TENANT) as reader:
        await ends_as(reader, "revoked", lambda: in_a_unit(house, ended, elsewhere))


@BOTH
async def test_a_session_that_ended_itself(house: House, way: Any) -> None:
    signer = await house.signer(scopes=("read",))

    async def end() -> None:
        signed = signer.sign("DELETE", "/v1/session")
        headers = {name.decode(): value.decode() for name, value in signed.headers}
        async with house.bridge.client.delete("/v1/session", headers=headers) as response:
            assert 204 == response.status

    async with way(house, signer, TENANT) as reader:
        await ends_as(reader, "revoked", end)


@BOTH
async def test_all_sessions_of_a_holder(house: House, way: Any) -> None:
    """As a device that was revoked, or a game key."""
    signer = await house.signer(scopes=("read",), holder_id="d" * 26)
    ended = update(BridgeSessionRow).where(BridgeSessionRow.holder_id == "d" * 26).values(revoked_at=1)
    async with way(house, signer, TENANT) as reader:
        await ends_as(reader, "revoked", lambda: in_a_unit(house, ended))


@BOTH
async def test_a_game_key_whose_text_holds_no_more(house: House, way: Any) -> None:
    signer = await house.signer(kind="game_key", scopes=("game",), holder_id="g" * 26)
    gone = delete(KeyLookupRow).where(KeyLookupRow.key_id == "g" * 26)
    async with way(house, signer, OF_GAME) as reader:
        await ends_as(reader, "revoked", lambda: in_a_unit(house, gone))


@BOTH
async def test_a_tenant_that_was_suspended(house: House, way: Any) -> None:
    signer = await house.signer(scopes=("read",))
    abroad = await house.signer(scopes=("read",), tenant_id=FOREIGN)
    async with way(house, signer, TENANT) as reader, way(house, abroad, f"tenant/{FOREIGN}") as stays:
        await ends_as(reader, "revoked", lambda: house.change_tenant(SCHOOL, "suspended"))
        await put(house, "still", channel=f"tenant/{FOREIGN}")
        assert ["still"] == await stays.messages(1)


@BOTH
async def test_a_scope_that_was_taken_from_a_session(house: House, way: Any) -> None:
    signer = await house.signer(scopes=("read", "sync"))
    narrowed = update(BridgeSessionRow).where(BridgeSessionRow.sid == signer.session.sid).values(scopes='["sync"]')
    async with way(house, signer, TENANT, OF_PROJECT) as reader:
        began = monotonic()
        await in_a_unit(house, narrowed)
        denied = await reader.of("denied")
        assert (TENANT, 403, "out_of_scope") == (denied["channel"], denied["status"], denied["code"])
        assert monotonic() - began < WITHIN_SECONDS
        # What it may not follow any more tells nothing; the others go on.
        await put(house, "secret")
        await put(house, "still", channel=OF_PROJECT)
        assert ["still"] == await reader.messages(1)


@pytest.fixture
def somebody(directory: Directory) -> Callable[..., Person]:
    """Change what somebody may, or take them out."""

    def change(name: str, **changed: Any) -> Person:
        directory.people[name] = replace(directory.people[name], **changed)
        return directory.people[name]

    return change


async def rights_changed(house: House) -> None:
    await house.app[DATABASE].write(house.app[RIGHTS].changed)


async def test_a_grant_that_was_taken_from_a_person(house: House, directory: Directory, somebody: Any) -> None:
    officer = directory.people["privacy_officer"]
    async with events(house.bridge.client, TENANT, headers=officer.cookie) as reader:
        await reader.of("following")
        began = monotonic()
        somebody("privacy_officer", grants=())
        await rights_changed(house)
        denied = await reader.of("denied")

    assert (TENANT, 404) == (denied["channel"], denied["status"])
    assert monotonic() - began < WITHIN_SECONDS


@pytest.mark.parametrize("kind", [CallerKind.PERSON, CallerKind.API_KEY])
async def test_a_sign_in_or_an_api_key_that_was_ended(house: House, directory: Directory, kind: CallerKind) -> None:
    name = "privacy_officer" if kind is CallerKind.PERSON else "api_key"
    async with events(house.bridge.client, TENANT, headers=directory.people[name].authorization) as reader:
        await reader.of("following")

        async def end() -> None:
            del directory.people[name]
            await rights_changed(house)

        await ends_as(reader, "revoked", end)


async def test_a_person_who_is_held_by_a_poll(house: House, directory: Directory) -> None:
    target = f"/v1/updates?follow={TENANT}@{await top(house)}&wait=20"
    headers = directory.people["privacy_officer"].authorization

    async def ask() -> int:
        async with house.bridge.client.get(target, headers=headers) as response:
            return response.status

    asking = asyncio.create_task(ask())
    await until(lambda: 1 == house.app[DESK].meter.open["poll"])
    began = monotonic()
    del directory.people["privacy_officer"]
    await rights_changed(house)

    assert 401 == await asking
    assert monotonic() - began < WITHIN_SECONDS


async def test_a_scope_taken_while_a_poll_is_held_is_denied_among_the_others(house: House) -> None:
    signer = await house.signer(scopes=("read", "sync"))
    follow = f"{TENANT}@{await top(house)},{OF_PROJECT}@{await top(house, OF_PROJECT)}"
    asking = asyncio.create_task(poll(house.bridge.client, signer, follow, wait=20))
    await until(lambda: 1 == house.app[DESK].meter.open["poll"])
    began = monotonic()
    narrowed = update(BridgeSessionRow).where(BridgeSessionRow.sid == signer.session.sid).values(scopes='["sync"]')
    await in_a_unit(house, narrowed)
    status, body = await asking

    assert (200, [OF_PROJECT]) == (status, list(body["cursors"]))
    assert [("denied", TENANT, 403)] == [(each["type"], each["channel"], each["status"]) for each in body["items"]]
    assert monotonic() - began < WITHIN_SECONDS


@pytest.fixture
async def own_database(tmp_path: Path, postgres_database: DatabaseConfig) -> AsyncIterator[House]:
    async with open_house(tmp_path, postgres_database) as opened:
        yield opened


@BOTH
async def test_on_postgresql_as_well(own_database: House, way: Any) -> None:
    revoked, ends = [await own_database.signer(scopes=("read",)) for _ in range(2)]
    async with way(own_database, revoked, TENANT) as reader, way(own_database, ends, TENANT) as other:
        await ends_as(reader, "revoked", lambda: own_database.revoke(revoked.session))
        silent = update(BridgeSessionRow).where(BridgeSessionRow.sid == ends.session.sid).values(revoked_at=1)
        await ends_as(other, "revoked", lambda: own_database.app[DATABASE].write(lambda tx: tx.execute(silent)))


@BOTH
async def test_where_nobody_can_say_who_may_stay_nobody_stays(house: House, way: Any, monkeypatch: Any) -> None:
    signer = await house.signer(scopes=("read",))
    async with way(house, signer, TENANT) as reader:
        [cursor] = await put(house, 1)
        assert [1] == await reader.messages(1)
        began = monotonic()
        # The process does not know of changes any more, as it cannot ask the database for them.
        monkeypatch.setattr(house.app[RIGHTS], "_trusted_until", float("-inf"))
        monkeypatch.setattr(house.app[RIGHTS], "_trust_seconds", -1.0)
        bye = await reader.bye()

        assert ("reconnect", {TENANT: str(cursor)}) == (bye["code"], bye["cursors"])
        assert await is_closed(reader)
        assert monotonic() - began < WITHIN_SECONDS


class _Away:
    """A database that answers nothing."""

    async def read(self, *_unit: object, **_of: object) -> NoReturn:
        raise DatabaseUnavailable("The database is away.")


async def test_a_poll_that_nobody_can_say_may_stay_is_refused(house: House, monkeypatch: Any) -> None:
    signer = await house.signer(scopes=("read",))
    asking = asyncio.create_task(poll(house.bridge.client, signer, f"{TENANT}@{await top(house)}", wait=20))
    await until(lambda: 1 == house.app[DESK].meter.open["poll"])
    began = monotonic()
    monkeypatch.setattr(house.gate.records, "_database", _Away)
    await rights_changed(house)
    await put(house, "secret")
    status, body = await asking

    assert (503, "database_unavailable") == (status, body["code"])
    assert monotonic() - began < WITHIN_SECONDS


@BOTH
async def test_after_a_change_nobody_stays_whose_record_cannot_be_read(
    house: House, way: Any, monkeypatch: Any
) -> None:
    signer = await house.signer(scopes=("read",))
    async with way(house, signer, TENANT) as reader:
        stream = house.app[DESK].find(reader.welcome["stream"])
        assert stream is not None
        await until(lambda: stream.asked_in == house.app[DESK].generation)
        monkeypatch.setattr(house.gate.records, "_database", _Away)
        await ends_as(reader, "reconnect", lambda: rights_changed(house))
