"""A session that was withdrawn elsewhere, and one of which nobody can say whether it was."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import update

from backend.db.config import DatabaseConfig
from backend.db.rights_changes import RightsChanges
from backend.db.unit import Transaction
from backend.errors import DatabaseUnavailable
from bridge.gate.sessions.models import BridgeSessionRow
from bridge.keys import DATABASE, RIGHTS, TABLE
from bridge.settings import Settings
from core_rs import Table
from tests.contract.signing import Session
from tests.integration.gate.house import House
from tests.integration.gate.signer import is_proven, send
from tests.integration.web.conftest import serving
from tests.integration.web.waiting import until
from tests.integration.web.wire import Wire, connected
from tests.ledger.notes.routes import NOTES
from tests.ledger.seed import seed_tenants
from tests.ledger.worker import create_app

# As everywhere else; and the time for a request on a machine that has more to do.
ELSEWHERE_SECONDS = 2.0 + 1.0


async def withdraw(house: House, session: Session, rights: RightsChanges | None = None) -> None:
    """End a session in the database, and tell of it as another process would; or tell nobody."""

    async def unit(tx: Transaction) -> None:
        await tx.execute(update(BridgeSessionRow).where(BridgeSessionRow.sid == session.sid).values(revoked_at=1))
        if rights is not None:
            await rights.changed(tx)

    await house.app[DATABASE].write(unit)


async def test_what_another_process_withdrew_is_refused_as_soon_as_the_database_tells(house: House, wire: Wire) -> None:
    signer = await house.signer()
    assert 200 == (await send(wire, signer.sign("GET", NOTES))).status

    # It has a table of its own, so nothing but the database can tell.
    await withdraw(house, signer.session, RightsChanges(Table.in_process()))

    async def is_refused() -> bool:
        return (await send(wire, signer.sign("GET", NOTES))).status == 403

    async with asyncio.timeout(ELSEWHERE_SECONDS):
        await until(is_refused)


@pytest.fixture
async def unsure(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[House]:
    """A bridge that never knows whether what it keeps still holds."""
    app = create_app(Settings(data_dir=tmp_path, database_url=sqlite_database.url))
    app[RIGHTS] = RightsChanges(app[TABLE], poll_seconds=3600, trust_seconds=-1)
    async with serving(app) as bridge:
        await seed_tenants(app[DATABASE])
        yield House(bridge)


async def test_each_request_reads_its_record_while_nobody_can_say_whether_it_holds(unsure: House) -> None:
    signer = await unsure.signer()
    async with connected(unsure.bridge.port) as wire:
        assert [200, 200] == [(await send(wire, signer.sign("GET", NOTES))).status for _ in range(2)]
        await withdraw(unsure, signer.session)
        request = signer.sign("GET", NOTES)
        refused = await send(wire, request)

    assert (403, "revoked") == (refused.status, refused.json["code"])
    assert is_proven(signer.session, request, refused)


class _Away:
    async def read(self, *_unit: object, **_of: object) -> NoReturn:
        raise DatabaseUnavailable("The database is away.")


async def test_nobody_comes_in_while_the_database_that_could_say_it_is_away(unsure: House) -> None:
    signer = await unsure.signer()
    async with connected(unsure.bridge.port) as wire:
        assert 200 == (await send(wire, signer.sign("GET", NOTES))).status
        unsure.gate.records._database = _Away  # type: ignore[attr-defined]
        request = signer.sign("GET", NOTES)
        refused = await send(wire, request)

    assert (503, "database_unavailable") == (refused.status, refused.json["code"])
    assert is_proven(signer.session, request, refused)
