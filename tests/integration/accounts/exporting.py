"""Asking for exports, making them and looking into them."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.people.grants import service as grants
from backend.accounts.people.grants.schemas import NewGrant
from backend.accounts.people.service import People
from backend.accounts.people.store import StoredPerson
from backend.accounts.tenants.exports import outbox
from backend.accounts.tenants.exports.folder import EXPORTS, ExportFolder
from backend.accounts.tenants.exports.models import TenantExportRow
from backend.accounts.tenants.exports.service import LARGEST_BYTES, MAKING
from backend.db.fresh import OutboxRow
from backend.db.handlers import Handler
from backend.db.unit import Transaction
from backend.web.keys import RIGHTS
from bridge.keys import AUDIT
from tests.audit.samples import TELLER
from tests.contract.account_requests import add_person
from tests.integration.accounts.acts import API_KEY, GAME_KEY, export_held_back
from tests.integration.accounts.conftest import Answered, School
from tests.integration.db.waiting import until_asked
from tests.ledger.people import FOREIGN, MATRIX, SCHOOL

MINE = f"/api/v1/tenants/{SCHOOL}"
EXPORTS_OF = f"{MINE}/exports"
OFFICER = "privacy_officer"
MEMBER = "zzyzx.member@school.example"
GUEST = "zzyzx.guest@school.example"
FOREIGNER = "foreign.member@school.example"


async def join(school: School, email: str, tenant_id: str) -> StoredPerson:
    person = await add_person(school.app, email)

    async def unit(tx: Transaction) -> None:
        await grants.join(tx, tenant_id, person.id)
        wanted = NewGrant(person.id, "privacy_officer")
        await grants.give(tx, TELLER, school.app[RIGHTS], MATRIX, tenant_id, wanted)

    await school.database.write(unit, tenant=tenant_id)
    return person


async def fill(school: School) -> StoredPerson:
    """Have something of each kind in the school, and somebody in another."""
    person = await join(school, MEMBER, SCHOOL)
    await join(school, FOREIGNER, FOREIGN)
    made = [
        await school.ask("POST", f"{MINE}/api-keys", API_KEY),
        await school.ask("POST", f"{MINE}/game-keys", GAME_KEY),
        await school.ask("POST", f"{MINE}/invitations", {"email": GUEST, "role": OFFICER}),
    ]
    assert [201, 201, 201] == [each.status for each in made]
    return person


async def ask(school: School, **headers: str) -> Answered:
    return await school.ask("POST", EXPORTS_OF, who=OFFICER, **headers)


async def look(school: School, export_id: str) -> Any:
    return (await school.ask("GET", f"{EXPORTS_OF}/{export_id}", who=OFFICER)).json


async def file_of(school: School, export_id: str, *, who: str = OFFICER) -> Answered:
    """Ask for a file that is refused."""
    return await school.ask("GET", f"{EXPORTS_OF}/{export_id}/file", who=who)


async def ready(school: School) -> str:
    """Have an export made, and return its id."""
    asked = await ask(school)
    assert 202 == asked.status, asked.json
    export_id: str = asked.json["id"]
    settled = await until_asked(lambda: look(school, export_id), lambda found: found["state"] != "wanted")
    assert "ready" == settled["state"]
    return export_id


async def held_back(school: School) -> str:
    """Ask for an export that nobody begins to make."""
    await export_held_back(school)
    export_id: str = (await ask(school)).json["id"]
    return export_id


def handler(
    school: School,
    *,
    people: People | None = None,
    folder: ExportFolder | None = None,
    largest_bytes: int = LARGEST_BYTES,
) -> Handler:
    accounts = school.app[ACCOUNTS]
    return outbox.making(
        lambda: school.database,
        lambda: accounts.vault,
        lambda: people or accounts.people,
        lambda: school.app[AUDIT],
        folder or school.app[EXPORTS],
        largest_bytes=largest_bytes,
    )


def work(export_id: str, *, kind: str = MAKING, attempts: int = 1) -> OutboxRow:
    return OutboxRow(1, SCHOOL, kind, None, {"tenant_id": SCHOOL, "export_id": export_id}, attempts)


def opened(content: bytes) -> Mapping[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


async def files_of(school: School, export_id: str) -> Mapping[str, bytes]:
    return opened(await school.fetch(f"{EXPORTS_OF}/{export_id}/file", who=OFFICER))


def lines(content: bytes) -> list[Any]:
    return [json.loads(line) for line in content.splitlines()]


def path_of(school: School, export_id: str) -> Any:
    return school.app[EXPORTS].path(SCHOOL, export_id)


async def end_time_of(school: School, export_id: str) -> None:
    row = TenantExportRow
    statement = update(row).where(row.tenant_id == SCHOOL, row.id == export_id).values(ends_at=1)

    async def unit(tx: Transaction) -> None:
        await tx.execute(statement)

    await school.database.write(unit, tenant=SCHOOL)
