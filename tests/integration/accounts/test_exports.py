"""Everything a tenant has as one file: what is in it, what is not, and when it goes; on both databases."""

import io
import json
import os
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.people.grants import service as grants
from backend.accounts.people.grants.schemas import NewGrant
from backend.accounts.people.service import People, Person
from backend.accounts.people.store import StoredPerson
from backend.accounts.signin.email_address import parse
from backend.accounts.signin.models import SigninRow
from backend.accounts.tenants.exports import outbox, store
from backend.accounts.tenants.exports.folder import EXPORTS, ExportFolder
from backend.accounts.tenants.exports.making import PEOPLE_AT_ONCE, ROWS_AT_ONCE
from backend.accounts.tenants.exports.models import TenantExportRow
from backend.accounts.tenants.exports.service import FILES_AT_ONCE, LARGEST_BYTES, MAKING
from backend.compliance import inventory
from backend.db.fresh import OutboxRow
from backend.db.handlers import Handler
from backend.db.migrations.tables import metadata
from backend.db.outbox import OutboxEntry
from backend.db.outbox_queue import ATTEMPTS
from backend.db.tenancy.tables import is_global
from backend.db.unit import Transaction
from backend.web.keys import RIGHTS
from bridge.keys import AUDIT
from tests.accounts.house import House
from tests.audit.samples import TELLER, event
from tests.contract.account_requests import add_person
from tests.integration.accounts.acts import API_KEY, GAME_KEY, export_held_back
from tests.integration.accounts.acts import held_back as deletion_held_back
from tests.integration.accounts.conftest import PEOPLE, Answered, School
from tests.integration.accounts.trails import Told, trails
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


async def test_the_file_has_every_row_of_the_tenant_and_what_is_sealed_in_it_is_opened(school: School) -> None:
    person = await fill(school)
    export_id = await ready(school)
    files = await files_of(school, export_id)

    names = list(files)
    assert ["README.txt", "people.jsonl", "api_keys.jsonl"] == names[:3]
    assert "about.json" == names[-1]
    assert sorted(names[2:-1]) == names[2:-1]
    assert [(person.id, MEMBER, "Swept", ["privacy_officer"])] == [
        (each["id"], each["email"], each["name"], [role["role"] for role in each["roles"]])
        for each in lines(files["people.jsonl"])
    ]
    assert [GUEST] == [each["email"] for each in lines(files["invitations.jsonl"])]
    assert [API_KEY["name"]] == [each["name"] for each in lines(files["api_keys.jsonl"])]
    assert "export.asked" in [each["kind"] for each in lines(files["audit_events.jsonl"])]
    about = json.loads(files["about.json"])
    assert SCHOOL == about["tenant"]["id"]
    assert {name: len(lines(files[name])) for name in names if name.endswith(".jsonl")} == about["rows"]
    readme = files["README.txt"].decode()
    assert all(f"{name}: " in readme for name in about["rows"])


async def test_a_row_has_the_columns_that_the_inventory_says_are_plain_and_those_that_are_opened(
    school: School,
) -> None:
    await fill(school)
    files = await files_of(school, await ready(school))
    for name in files.keys() - {"README.txt", "about.json", "people.jsonl"}:
        table = name.removesuffix(".jsonl")
        plain = [row.column for row in inventory.load() if row.table == table and row.form == "plain"]
        wanted = {*plain, "email"} if table == "invitations" else set(plain)
        assert all(wanted == each.keys() for each in lines(files[name])), name


async def test_nothing_that_checks_a_secret_and_nothing_of_another_tenant_is_in_the_file(school: School) -> None:
    await fill(school)
    await school.ask("PUT", f"/api/v1/tenants/{FOREIGN}/suspension", who="platform_operator")
    canaries = await kept_shut(school)
    files = await files_of(school, await ready(school))

    assert {"subject_keys.jsonl", "usage_counters.jsonl"} & files.keys() == {"usage_counters.jsonl"}
    assert {"key_lookups", "people", "holder_keys", "subject_keys"} <= canaries.keys()
    text = "\n".join(content.decode() for content in files.values())
    for table, values in canaries.items():
        assert not [value for value in values if value in text], table
    assert FOREIGN not in text
    assert FOREIGNER not in text


async def kept_shut(school: School) -> Mapping[str, list[str]]:
    """Return all that is hashed, a digest or sealed, of each table, as it would look in a file."""
    shut: dict[str, list[str]] = {}
    for row in inventory.load():
        if row.form == "plain":
            continue
        table = metadata().tables[row.table]
        statement = select(table.c[row.column]).where(table.c[row.column].is_not(None))
        tenants = [None] if is_global(table) else [SCHOOL, FOREIGN]
        for tenant_id in tenants:
            of_tenant = statement if tenant_id is None else statement.where(table.c.tenant_id == tenant_id)

            async def unit(tx: Transaction, of_tenant: Any = of_tenant) -> list[Any]:
                return list((await tx.execute(of_tenant)).scalars())

            for value in await school.database.read(unit, tenant=tenant_id):
                shut.setdefault(row.table, []).append(value.hex() if isinstance(value, bytes) else value)
    return shut


async def test_what_is_answered_about_the_file_fits_the_file_and_only_its_owner_may_read_it(school: School) -> None:
    export_id = await ready(school)
    content = await school.fetch(f"{EXPORTS_OF}/{export_id}/file", who=OFFICER)
    shown = await look(school, export_id)

    assert (len(content), sha256(content).hexdigest()) == (shown["bytes"], shown["sha256"])
    assert 72 * 3600 * 1000 == pytest.approx(shown["ends_at"] - shown["ready_at"], abs=1000)
    assert shown == (await school.ask("GET", EXPORTS_OF, who=OFFICER)).json["exports"][0]
    assert 0o600 == path_of(school, export_id).stat().st_mode & 0o777
    assert 0o700 == path_of(school, export_id).parent.stat().st_mode & 0o777


def path_of(school: School, export_id: str) -> Any:
    return school.app[EXPORTS].path(SCHOOL, export_id)


async def test_a_table_of_many_rows_comes_whole_and_in_the_order_of_its_key(school: School) -> None:
    async def unit(tx: Transaction) -> None:
        for number in range(2 * ROWS_AT_ONCE):
            await school.app[AUDIT].record(tx, SCHOOL, event(number))

    await school.database.write(unit)
    files = await files_of(school, await ready(school))

    # And that it was asked for.
    expected = list(range(1, 2 * ROWS_AT_ONCE + 2))
    assert expected == [each["number"] for each in lines(files["audit_events.jsonl"])]


async def test_many_people_come_whole_with_all_that_they_hold(school: School) -> None:
    how_many = ROWS_AT_ONCE // 2 + 1

    async def unit(tx: Transaction) -> None:
        for number in range(how_many):
            address = parse(f"person-{number}@school.example")
            added = school.app[ACCOUNTS].people.add(tx, address, f"Person {number}", locale="en", password_hash=None)
            person = await added
            await grants.join(tx, SCHOOL, person.id)
            for role in (OFFICER, "curriculum_author"):
                await grants.give(tx, TELLER, school.app[RIGHTS], MATRIX, SCHOOL, NewGrant(person.id, role))

    await school.database.write(unit, tenant=SCHOOL)
    files = await files_of(school, await ready(school))
    people, given = lines(files["people.jsonl"]), lines(files["grants.jsonl"])

    assert how_many > PEOPLE_AT_ONCE
    assert {f"person-{number}@school.example" for number in range(how_many)} == {each["email"] for each in people}
    assert how_many == len(people)
    assert {2} == {len(each["roles"]) for each in people}
    assert 2 * how_many == len(given) == len({each["id"] for each in given})
    assert sorted(each["id"] for each in given) == [each["id"] for each in given]


async def test_the_trail_is_told_who_asked_and_that_it_was_made(school: School) -> None:
    export_id = await ready(school)
    told = (await trails(school.database))[SCHOOL]

    rows = json.loads((await files_of(school, export_id))["about.json"])["rows"]
    assert [
        Told("export.asked", ("person", PEOPLE[OFFICER].id), {"export": export_id, "kind": "tenant"}),
        Told(
            "export.made",
            ("system", "outbox"),
            {"export": export_id, "kind": "tenant", "records": sum(rows.values())},
        ),
    ] == told


async def test_who_may_not_export_is_refused_each_way(school: School) -> None:
    export_id = await ready(school)
    paths = [("POST", EXPORTS_OF), ("GET", EXPORTS_OF), ("GET", f"{EXPORTS_OF}/{export_id}")]
    paths.append(("GET", f"{EXPORTS_OF}/{export_id}/file"))

    for method, path in paths:
        assert (403, "forbidden") == await refused(school, method, path, "school_admin")
        assert (404, "not_found") == await refused(school, method, path.replace(SCHOOL, FOREIGN), OFFICER)


async def refused(school: School, method: str, path: str, who: str) -> tuple[int, str | None]:
    answer = await school.ask(method, path, who=who)
    return answer.status, answer.code


async def test_who_has_not_just_proved_who_they_are_gets_nothing(house: House) -> None:
    await house.give(await house.add_person(MEMBER), OFFICER, SCHOOL)
    officer = await house.signed_in(MEMBER, second_factor=True)
    asked = await officer.ask("POST", EXPORTS_OF)

    async def unit(tx: Transaction) -> None:
        await tx.execute(update(SigninRow).values(stepped_up_at=1))
        await house.app[RIGHTS].changed(tx)

    await house.database.write(unit)
    path = f"{EXPORTS_OF}/{asked.json['id']}"
    requests = [("POST", EXPORTS_OF), ("GET", EXPORTS_OF), ("GET", path), ("GET", f"{path}/file")]
    refused = [await officer.ask(*each) for each in requests]

    assert 202 == asked.status
    assert [(403, "step_up_required")] * 4 == [(each.status, each.code) for each in refused]


async def test_the_export_of_another_tenant_is_not_there(school: School) -> None:
    export_id = await ready(school)
    with pytest.raises(LookupError):
        await found_in(school, FOREIGN, export_id)


async def found_in(school: School, tenant_id: str, export_id: str) -> store.Export:
    found = await school.database.read(lambda tx: store.find(tx, tenant_id, export_id), tenant=tenant_id)
    if found is None:
        raise LookupError
    return found


async def test_the_same_request_again_asks_for_the_same_export(school: School) -> None:
    await export_held_back(school)
    first = await ask(school, Idempotency_Key="k" * 20)
    again = await ask(school, Idempotency_Key="k" * 20)

    assert (202, first.json) == (again.status, again.json)
    assert 1 == len((await school.ask("GET", EXPORTS_OF, who=OFFICER)).json["exports"])


async def test_one_is_made_at_a_time_and_its_file_is_not_there_before_it_is_ready(school: School) -> None:
    export_id = await held_back(school)
    second, early = await ask(school), await file_of(school, export_id)

    assert (409, "limit_reached") == (second.status, second.code)
    assert (409, "conflict") == (early.status, early.code)


async def test_no_more_have_a_file_at_once_than_there_is_room_for(school: School) -> None:
    made = [await ready(school) for _ in range(FILES_AT_ONCE)]
    refused = await ask(school)
    await end_time_of(school, made[0])

    assert (409, "limit_reached") == (refused.status, refused.code)
    assert 202 == (await ask(school)).status


async def end_time_of(school: School, export_id: str) -> None:
    row = TenantExportRow
    statement = update(row).where(row.tenant_id == SCHOOL, row.id == export_id).values(ends_at=1)

    async def unit(tx: Transaction) -> None:
        await tx.execute(statement)

    await school.database.write(unit, tenant=SCHOOL)


class Killed(Exception):
    """The process died here."""


class DiesAtPeople(People):
    def opened(self, stored: StoredPerson) -> Person:
        raise Killed(stored.id)


class DiesBeforeTheCommit(ExportFolder):
    def measure(self, tenant_id: str, export_id: str) -> tuple[int, str]:
        raise Killed(tenant_id, export_id)


@pytest.mark.parametrize("where", ["in the middle", "with the file in place"])
async def test_what_was_killed_begins_anew_and_leaves_nothing_but_its_file(school: School, where: str) -> None:
    await fill(school)
    export_id = await held_back(school)
    path = path_of(school, export_id)
    accounts = school.app[ACCOUNTS]
    killed = (
        handler(school, people=DiesAtPeople(accounts.vault))
        if where == "in the middle"
        else handler(school, folder=DiesBeforeTheCommit(path.parent.parent))
    )
    with pytest.raises(Killed):
        await killed(work(export_id))
    # What is left by a process that had no time to take it away.
    path.with_name(f".{path.name}.0123456789abcdef").write_bytes(b"half")
    assert "wanted" == (await look(school, export_id))["state"]

    await handler(school)(work(export_id))
    await handler(school)(work(export_id))

    assert "ready" == (await look(school, export_id))["state"]
    assert [path] == list(path.parent.iterdir())
    assert 1 == len(lines((await files_of(school, export_id))["people.jsonl"]))
    made = [each.kind for each in (await trails(school.database))[SCHOOL]].count("export.made")
    assert 1 == made


async def test_two_exports_of_the_same_rows_are_the_same_but_for_when_they_were_made(school: School) -> None:
    await fill(school)
    export_id = await held_back(school)
    made = []
    for _ in range(2):
        with pytest.raises(Killed):
            await handler(school, folder=DiesBeforeTheCommit(path_of(school, export_id).parent.parent))(work(export_id))
        made.append(dict(opened(path_of(school, export_id).read_bytes())))
    for each in made:
        assert json.loads(each.pop("about.json"))["made_at"] > 0

    assert made[0] == made[1]
    assert list(made[0]) == list(made[1])


async def test_what_would_be_too_large_fails_with_a_sentence_and_leaves_no_file(school: School) -> None:
    export_id = await held_back(school)
    await handler(school, largest_bytes=2_000)(work(export_id))
    shown, refused = await look(school, export_id), await file_of(school, export_id)

    assert ("failed", None) == (shown["state"], shown["sha256"])
    assert "64 MiB" in shown["problem"]
    assert (409, shown["problem"]) == (refused.status, refused.json["detail"])
    assert [] == list(path_of(school, export_id).parent.iterdir())
    assert "export.made" not in [each.kind for each in (await trails(school.database))[SCHOOL]]


async def test_what_failed_each_time_is_given_up_so_that_another_can_be_asked_for(school: School) -> None:
    export_id = await held_back(school)
    await handler(school)(work(export_id, attempts=ATTEMPTS))
    shown = await look(school, export_id)

    assert ("failed", True) == (shown["state"], bool(shown["problem"]))
    assert 202 == (await ask(school)).status


async def test_the_file_goes_when_its_time_is_over_and_is_not_given_out_after_it(school: School) -> None:
    export_id = await ready(school)
    await end_time_of(school, export_id)
    refused = await file_of(school, export_id)
    await outbox.ending(school.app[EXPORTS])(work(export_id, kind=outbox.END))

    assert (409, "conflict") == (refused.status, refused.code)
    assert not path_of(school, export_id).exists()


async def test_the_end_of_the_file_is_planned_when_it_is_made(school: School) -> None:
    export_id = await ready(school)
    statement = select(OutboxEntry.body, OutboxEntry.due_at).where(OutboxEntry.kind == outbox.END)

    async def unit(tx: Transaction) -> list[Any]:
        return [(json.loads(row.body), row.due_at) for row in await tx.execute(statement)]

    ((body, due_at),) = await school.database.read(unit)
    assert {"tenant_id": SCHOOL, "export_id": export_id} == body
    assert (await look(school, export_id))["ends_at"] == pytest.approx(due_at, abs=1000)


async def test_a_file_that_is_over_its_time_goes_whoever_should_have_taken_it(school: School) -> None:
    old, new = await ready(school), await ready(school)
    os.utime(path_of(school, old), (1, 1))
    await ready(school)

    assert (False, True) == (path_of(school, old).exists(), path_of(school, new).exists())


@pytest.mark.parametrize("there", ["nothing", "another file"])
async def test_a_file_that_lies_on_another_host_is_refused_with_a_sentence(school: School, there: str) -> None:
    export_id = await ready(school)
    path_of(school, export_id).unlink()
    if there == "another file":
        path_of(school, export_id).write_bytes(b"else")
    refused = await file_of(school, export_id)

    assert (409, "conflict") == (refused.status, refused.code)
    assert "host" in refused.json["detail"]


async def test_the_deletion_of_the_tenant_takes_its_files(school: School) -> None:
    export_id = await ready(school)
    folder = path_of(school, export_id).parent
    assert 202 == (await school.ask("DELETE", MINE, who="platform_operator")).status

    async def is_there() -> bool:
        return bool(folder.exists())

    assert not await until_asked(is_there, lambda there: not there)


async def test_an_export_that_is_made_while_its_tenant_goes_leaves_no_file(school: School) -> None:
    export_id = await held_back(school)
    path = path_of(school, export_id)
    assert 202 == (await school.ask("DELETE", MINE, who="platform_operator")).status

    async def found(tx: Transaction) -> store.Export | None:
        return await store.find(tx, SCHOOL, export_id)

    await until_asked(lambda: school.database.read(found, tenant=SCHOOL), lambda export: export is None)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"of a run that was killed")
    await handler(school)(work(export_id))

    assert not path.exists()


async def test_of_a_tenant_that_is_being_deleted_nothing_is_exported(school: School) -> None:
    await deletion_held_back(school)
    await school.ask("DELETE", MINE, who="platform_operator")
    refused = await ask(school)

    assert (409, "conflict") == (refused.status, refused.code)
