"""Districts and schools, on both databases."""

import asyncio

import pytest
from sqlalchemy import func, insert, select

from backend.accounts.tenants.models import TenantRow, UsageRow
from backend.db.unit import Transaction
from tests.integration.accounts.conftest import School
from tests.ledger.people import DISTRICT, FOREIGN, SCHOOL
from tests.servers.kinds import on_sqlite

TENANTS = "/api/v1/tenants"
MINE = f"{TENANTS}/{SCHOOL}"


async def test_a_school_is_created_in_a_district_and_read_by_its_administrator(school: School) -> None:
    wanted = {"kind": "school", "name": " Lakeside  School ", "parent_id": DISTRICT, "time_zone": "Europe/London"}
    made = await school.ask("POST", TENANTS, wanted, who="platform_operator")

    assert (201, '"1"') == (made.status, made.headers["ETag"])
    assert ("Lakeside  School", "active", "en", DISTRICT) == tuple(
        made.json[name] for name in ("name", "state", "locale", "parent_id")
    )
    assert made.headers["Location"] == f"{TENANTS}/{made.json['id']}"
    listed = await school.ask("GET", f"{TENANTS}/{DISTRICT}/schools", who="district_admin")
    assert [SCHOOL, made.json["id"]] == [each["id"] for each in listed.json["tenants"]]


async def test_the_same_request_twice_creates_one(school: School) -> None:
    key, wanted = "k" * 20, {"kind": "school", "name": "Lakeside"}
    first, again = [
        await school.ask("POST", TENANTS, wanted, who="platform_operator", Idempotency_Key=key) for _ in range(2)
    ]

    assert (first.json, "true") == (again.json, again.headers["Idempotency-Replayed"])
    assert 4 == len((await school.ask("GET", TENANTS, who="platform_operator")).json["tenants"])


@on_sqlite
@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({"kind": "school", "name": ""}, "/body/name"),
        ({"kind": "school", "name": "a\u202eb"}, "/body/name"),
        ({"kind": "school", "name": "a\nb"}, "/body/name"),
        ({"kind": "school", "name": "x" * 121}, "/body/name"),
        ({"kind": "planet", "name": "x"}, "/body/kind"),
        ({"kind": "school", "name": "x", "locale": "german"}, "/body/locale"),
        ({"kind": "school", "name": "x", "time_zone": "Mars/Olympus"}, "/body/time_zone"),
        ({"kind": "school", "name": "x", "time_zone": "../../etc/passwd"}, "/body/time_zone"),
        ({"kind": "school", "name": "x", "parent_id": SCHOOL}, "/body/parent_id"),
        ({"kind": "school", "name": "x", "parent_id": "7" * 26}, "/body/parent_id"),
        ({"kind": "district", "name": "x", "parent_id": DISTRICT}, "/body/parent_id"),
        ({"kind": "school", "name": "x", "state": "deleted"}, "/body/state"),
        ({"kind": "school", "name": "x", "id": SCHOOL}, "/body/id"),
        ({"kind": "school", "name": "x", "version": 9}, "/body/version"),
    ],
)
async def test_what_a_tenant_cannot_be_is_refused_by_the_name_of_its_field(
    school: School, wanted: dict[str, object], path: str
) -> None:
    refused = await school.ask("POST", TENANTS, wanted, who="platform_operator")

    assert (400, "invalid_request") == (refused.status, refused.code)
    assert path in [error["path"] for error in refused.json["errors"]]


async def test_a_change_names_what_it_has_seen_and_changes_only_what_it_names(school: School) -> None:
    changed = await school.ask("PATCH", MINE, {"name": "Renamed"}, If_Match='"1"')
    late = await school.ask("PATCH", MINE, {"locale": "de"}, If_Match='"1"')

    assert (200, "Renamed", "en", '"2"') == (
        changed.status,
        changed.json["name"],
        changed.json["locale"],
        changed.headers["ETag"],
    )
    assert (412, "precondition_failed") == (late.status, late.code)


async def test_what_is_no_id_is_nothing_whoever_asks(school: School) -> None:
    for target in ("x", SCHOOL.upper(), f"{SCHOOL}0", "%27%3B--", "7" * 26):
        answer = await school.ask("GET", f"{TENANTS}/{target}", who="platform_operator")
        assert (404, "not_found") == (answer.status, answer.code), target


async def test_limits_are_set_and_shown_beside_what_is_used(school: School) -> None:
    seen = (await school.ask("GET", f"{MINE}/use")).headers["ETag"]
    limits = {"people": 3, "pupils": 4, "classes": 5, "api_keys": 1, "game_keys": 0}
    assert 200 == (await school.ask("PUT", f"{MINE}/limits", limits, who="platform_operator", If_Match=seen)).status
    made = await school.ask("POST", f"{MINE}/api-keys", {"name": "a", "scopes": ["lesson.read"]})
    refused = await school.ask("POST", f"{MINE}/api-keys", {"name": "b", "scopes": ["lesson.read"]})

    assert (201, 409, "limit_reached") == (made.status, refused.status, refused.code)
    use = (await school.ask("GET", f"{MINE}/use")).json
    assert (limits, 1) == (use["limits"], use["used"]["api_keys"])


async def test_of_many_at_once_no_more_are_made_than_there_may_be(school: School) -> None:
    seen = (await school.ask("GET", MINE)).headers["ETag"]
    await school.ask("PUT", f"{MINE}/limits", {"api_keys": 3}, who="platform_operator", If_Match=seen)
    wanted = {"name": "a", "scopes": ["lesson.read"]}
    answers = await asyncio.gather(*(school.ask("POST", f"{MINE}/api-keys", wanted) for _ in range(10)))

    assert [201] * 3 + [409] * 7 == sorted(answer.status for answer in answers)
    assert 3 == (await school.ask("GET", f"{MINE}/use")).json["used"]["api_keys"]


async def test_a_suspended_tenant_goes_on_where_it_was(school: School) -> None:
    for _ in range(2):
        suspended = await school.ask("PUT", f"{MINE}/suspension", who="district_admin")
        assert (200, "suspended", '"2"') == (suspended.status, suspended.json["state"], suspended.headers["ETag"])
    for _ in range(2):
        resumed = await school.ask("DELETE", f"{MINE}/suspension", who="district_admin")
        assert (200, "active", '"3"') == (resumed.status, resumed.json["state"], resumed.headers["ETag"])


async def test_a_deleted_tenant_leaves_no_row_and_no_name_and_others_keep_theirs(school: School) -> None:
    for target in (MINE, f"{TENANTS}/{FOREIGN}"):
        who = "school_admin" if target == MINE else "platform_operator"
        await school.ask("POST", f"{target}/api-keys", {"name": "a", "scopes": ["lesson.read"]}, who=who)
    await fill_usage(school, FOREIGN)
    await fill_usage(school, SCHOOL)

    assert 202 == (await school.ask("DELETE", MINE, who="platform_operator")).status
    await until_deleted(school, SCHOOL)

    assert 404 == (await school.ask("GET", MINE)).status
    assert (0, 1) == (await usage_rows(school, SCHOOL), await usage_rows(school, FOREIGN))
    again = await school.ask("DELETE", MINE, who="platform_operator")
    assert 404 == again.status


async def test_a_district_with_schools_is_not_deleted(school: School) -> None:
    refused = await school.ask("DELETE", f"{TENANTS}/{DISTRICT}", who="platform_operator")

    assert (409, "conflict") == (refused.status, refused.code)
    assert "active" == (await school.ask("GET", f"{TENANTS}/{DISTRICT}", who="platform_operator")).json["state"]


async def test_the_list_goes_on_after_each_page(school: School) -> None:
    for number in range(5):
        await school.ask("POST", TENANTS, {"kind": "school", "name": f"S{number}"}, who="platform_operator")
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await school.ask("GET", f"{TENANTS}?limit=3{cursor and f'&cursor={cursor}'}", who="platform_operator")
        found += [each["id"] for each in page.json["tenants"]]
        cursor = page.json["next"]

    assert 8 == len(set(found))
    assert sorted(found) == found


async def fill_usage(school: School, tenant_id: str) -> None:
    async def unit(tx: Transaction) -> None:
        if (await tx.execute(select(UsageRow.name).where(UsageRow.tenant_id == tenant_id))).first() is None:
            await tx.execute(insert(UsageRow).values(tenant_id=tenant_id, name="people", value=1))

    await school.database.write(unit, tenant=tenant_id)


async def usage_rows(school: School, tenant_id: str) -> int:
    async def unit(tx: Transaction) -> int:
        statement = select(func.count()).select_from(UsageRow).where(UsageRow.tenant_id == tenant_id)
        return int((await tx.execute(statement)).scalar_one())

    return await school.database.read(unit, tenant=tenant_id)


async def until_deleted(school: School, tenant_id: str) -> None:
    async def unit(tx: Transaction) -> tuple[str, str]:
        row = (await tx.execute(select(TenantRow.state, TenantRow.name).where(TenantRow.id == tenant_id))).one()
        return row.state, row.name

    async with asyncio.timeout(20):
        while await school.database.read(unit) != ("deleted", ""):  # noqa: ASYNC110 - it goes on by itself
            await asyncio.sleep(0.01)
