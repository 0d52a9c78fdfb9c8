"""Everything a tenant has as one file: what is in it, what is not, and who gets it; on both databases."""

import json
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.people.grants import service as grants
from backend.accounts.people.grants.schemas import NewGrant
from backend.accounts.signin.email_address import parse
from backend.accounts.signin.models import SigninRow
from backend.accounts.tenants.exports import store
from backend.accounts.tenants.exports.making import PEOPLE_AT_ONCE, ROWS_AT_ONCE
from backend.accounts.tenants.exports.service import FILES_AT_ONCE
from backend.compliance import inventory
from backend.db.tenancy.tables import is_global
from backend.db.unit import Transaction
from backend.web.keys import RIGHTS
from bridge.keys import AUDIT
from bridge.tables import metadata
from tests.accounts.house import House
from tests.audit.samples import TELLER, event
from tests.integration.accounts.acts import API_KEY, export_held_back
from tests.integration.accounts.conftest import PEOPLE, School
from tests.integration.accounts.exporting import (
    EXPORTS_OF,
    FOREIGNER,
    GUEST,
    MEMBER,
    OFFICER,
    ask,
    end_time_of,
    file_of,
    files_of,
    fill,
    held_back,
    lines,
    look,
    path_of,
    ready,
)
from tests.integration.accounts.trails import Told, trails
from tests.ledger.people import FOREIGN, MATRIX, SCHOOL


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

    async def unit(tx: Transaction, number: int) -> None:
        address = parse(f"person-{number}@school.example")
        added = school.app[ACCOUNTS].people.add(tx, address, f"Person {number}", locale="en", password_hash=None)
        person = await added
        await grants.join(tx, SCHOOL, person.id)
        for role in (OFFICER, "curriculum_author"):
            await grants.give(tx, TELLER, school.app[RIGHTS], MATRIX, SCHOOL, NewGrant(person.id, role))

    # A unit each: all of them together would take a slow machine longer than a unit may.
    for number in range(how_many):
        await school.database.write(partial(unit, number=number), tenant=SCHOOL)
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
