"""The list of what was done and its checkpoint, for whoever may read them; on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert, text

from backend.accounts.audit import store
from backend.accounts.audit.chained import Record
from backend.accounts.audit.checkpoint import from_json
from backend.accounts.audit.models import AuditEventRow
from backend.accounts.audit.service import AuditTrail
from backend.accounts.audit.verify import verify
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.unit import Database, Transaction
from tests.audit.samples import event, numbered
from tests.integration.accounts.conftest import KEYS, PEOPLE, School
from tests.ledger.people import DISTRICT, FOREIGN, SCHOOL
from tests.servers.kinds import on_sqlite

MINE = f"/api/v1/tenants/{SCHOOL}"
AUDIT = f"{MINE}/audit"
CHECKPOINT = f"{AUDIT}/checkpoint"
TRAIL = AuditTrail(KEYS)
OFFICER = "privacy_officer"


async def fill(school: School, length: int, tenant_id: str = SCHOOL, *, first: int = 0) -> None:
    async def unit(tx: Transaction) -> None:
        for number in range(first, first + length):
            await TRAIL.record(tx, tenant_id, event(number))

    await school.database.write(unit)


async def listed(school: School, words: str = "", *, limit: int = 100) -> list[dict[str, Any]]:
    """Return every event of a list, page by page."""
    found: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await school.ask("GET", f"{AUDIT}?limit={limit}{words}{cursor and f'&cursor={cursor}'}", who=OFFICER)
        assert 200 == page.status
        assert len(page.json["events"]) <= limit
        found += page.json["events"]
        cursor = page.json["next"]
    return found


def numbers(events: Sequence[dict[str, Any]]) -> list[int]:
    return [each["number"] for each in events]


async def test_an_event_is_shown_with_who_did_it_and_what_its_kind_says(school: School) -> None:
    made = await school.ask("POST", f"{MINE}/api-keys", {"name": "a", "scopes": ["lesson.read"]})
    (shown,) = await listed(school)

    assert 0 < shown.pop("at")
    assert {
        "number": 1,
        "kind": "apikey.created",
        "actor_kind": "person",
        "actor_id": PEOPLE["school_admin"].id,
        "subject_id": None,
        "detail": {"key": made.json["api_key"]["id"], "scopes": 1, "days": 365},
    } == shown


@pytest.mark.parametrize("limit", [1, 3, 10, 100])
async def test_both_ends_of_a_trail_are_read_to_the_other_whatever_a_page_has(school: School, limit: int) -> None:
    await fill(school, 10)

    assert list(range(10, 0, -1)) == numbers(await listed(school, limit=limit))
    assert list(range(1, 11)) == numbers(await listed(school, "&order=oldest_first", limit=limit))


async def test_a_list_is_narrowed_to_a_kind_and_to_a_person(school: School) -> None:
    # By turns: pupil.identified with a subject, signin.failed without, grant.given with one, keys.rotated without.
    await fill(school, 12)
    await fill(school, 1, first=0)
    pupil = numbered("pupil")

    for limit in (1, 100):
        assert [13, 9, 5, 1] == numbers(await listed(school, "&kind=pupil.identified", limit=limit))
        assert [2, 6, 10] == numbers(await listed(school, "&kind=signin.failed&order=oldest_first", limit=limit))
        assert [13, 1] == numbers(await listed(school, f"&subject_id={pupil}", limit=limit))
        both = f"&subject_id={pupil}&kind=pupil.identified&order=oldest_first"
        assert [1, 13] == numbers(await listed(school, both, limit=limit))
        assert [] == await listed(school, f"&subject_id={pupil}&kind=grant.given", limit=limit)


async def test_what_is_added_meanwhile_shifts_no_page(school: School) -> None:
    await fill(school, 4)
    first = await school.ask("GET", f"{AUDIT}?limit=2", who=OFFICER)
    await fill(school, 5)
    second = await school.ask("GET", f"{AUDIT}?limit=2&cursor={first.json['next']}", who=OFFICER)

    assert ([4, 3], [2, 1]) == (numbers(first.json["events"]), numbers(second.json["events"]))
    assert second.json["next"] is None


@on_sqlite
@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("kind=nonsense", "/query/kind"),
        ("kind=", "/query/kind"),
        ("subject_id=Ada", "/query/subject_id"),
        ("order=sideways", "/query/order"),
        ("limit=101", "/query/limit"),
        ("actor_id=x", "/query/actor_id"),
    ],
)
async def test_what_no_list_can_be_narrowed_to_is_refused(school: School, words: str, path: str) -> None:
    refused = await school.ask("GET", f"{AUDIT}?{words}", who=OFFICER)

    assert (400, [path]) == (refused.status, [error["path"] for error in refused.json["errors"]])


async def test_a_cursor_belongs_to_its_list_alone(school: School) -> None:
    await fill(school, 9)
    await fill(school, 9, DISTRICT)
    cursor = (await school.ask("GET", f"{AUDIT}?limit=1&kind=signin.failed", who=OFFICER)).json["next"]
    others = [
        f"{AUDIT}?limit=1&cursor={cursor}",
        f"{AUDIT}?limit=1&kind=grant.given&cursor={cursor}",
        f"{AUDIT}?limit=1&kind=signin.failed&order=oldest_first&cursor={cursor}",
        f"/api/v1/tenants/{DISTRICT}/audit?limit=1&kind=signin.failed&cursor={cursor}",
    ]

    for target in others:
        who = OFFICER if target.startswith(MINE) else "district_admin"
        assert 400 == (await school.ask("GET", target, who=who)).status, target


async def test_each_tenant_reads_its_own_trail_and_no_other(school: School) -> None:
    await school.ask("PUT", f"{MINE}/suspension", who="district_admin")
    await school.ask("PUT", f"/api/v1/tenants/{FOREIGN}/suspension", who="platform_operator")

    assert [SCHOOL] == [each["detail"]["tenant"] for each in await listed(school)]
    for target in (f"/api/v1/tenants/{FOREIGN}/audit", f"/api/v1/tenants/{FOREIGN}/audit/checkpoint"):
        for who in (OFFICER, "district_admin"):
            answer = await school.ask("GET", target, who=who)
            assert (404, "not_found") == (answer.status, answer.code)
    for target in (AUDIT, CHECKPOINT):
        assert [403, 403] == [(await school.ask("GET", target, who=who)).status for who in ("teacher", "pupil")]
    assert [] == (await school.ask("GET", f"/api/v1/tenants/{DISTRICT}/audit", who="district_admin")).json["events"]


@pytest.mark.parametrize("detail", ["she said that the pupil was late", "[]", None])
async def test_what_somebody_wrote_into_the_database_is_not_shown_as_an_event(
    school: School, detail: str | None
) -> None:
    if detail is not None:
        damage = {"detail": detail}
    elif school.database.dialect == "sqlite":
        damage = {"at": "late"}  # it keeps a value of any type
    else:
        damage = {"detail": "null"}
    await fill(school, 1)
    await write_past_the_trail(school, **damage)
    refused = await school.ask("GET", AUDIT, who=OFFICER)

    assert (409, "conflict") == (refused.status, refused.code)
    assert "late" not in repr(refused.json)


async def test_a_checkpoint_signs_where_the_trail_ends(school: School) -> None:
    await fill(school, 5)
    answer = await school.ask("GET", CHECKPOINT, who=OFFICER)
    signed, records = from_json(answer.json), await kept(school)

    assert 200 == answer.status
    assert signed.is_signed_by(KEYS.signing().public)
    assert (SCHOOL, 5, records[-1].tag, None) == (signed.tenant_id, signed.number, signed.tag, signed.lines_sha256)
    # It is good for what it is there for: a tail that is cut is missed, wherever the end is said to be.
    fault = verify(records[:4], SCHOOL, KEYS, head=None, checkpoints=[signed])
    assert fault is not None
    assert "record 5 is missing" in fault.sentence


async def test_a_trail_without_a_record_is_signed_as_that(school: School) -> None:
    signed = from_json((await school.ask("GET", CHECKPOINT, who=OFFICER)).json)

    assert (0, bytes(32), True) == (signed.number, signed.tag, signed.is_signed_by(KEYS.signing().public))


async def test_a_damaged_trail_is_not_signed(school: School) -> None:
    await fill(school, 1)
    await write_past_the_trail(school)
    refused = await school.ask("GET", CHECKPOINT, who=OFFICER)

    assert (409, "conflict") == (refused.status, refused.code)
    assert "record 2" in refused.json["detail"]


async def test_reading_is_no_event(school: School) -> None:
    await fill(school, 1)
    for target in (AUDIT, CHECKPOINT):
        await school.ask("GET", target, who=OFFICER)

    assert 1 == len(await kept(school))


async def test_every_list_goes_along_an_index_of_its_own(sqlite_database: DatabaseConfig) -> None:
    # PostgreSQL reads a table of this size whole, and rightly.
    plans = {
        (): "sqlite_autoindex_audit_events_1 (tenant_id=? AND number",
        ("kind",): "ix_audit_events_tenant_id_kind_number (tenant_id=? AND kind=? AND number",
        ("subject_id",): "ix_audit_events_tenant_id_subject_id_number (tenant_id=? AND subject_id=? AND number",
    }
    async with open_database(replace(sqlite_database, guarded=False)) as database:
        for filters, along in plans.items():
            for oldest_first in (False, True):
                narrowed = store.Narrowed(**dict.fromkeys(filters, "x"), oldest_first=oldest_first)
                assert [along] == [step[: len(along)] for step in await plan(database, narrowed)]


async def plan(database: Database, narrowed: store.Narrowed) -> list[str]:
    """Return by which index SQLite finds a page, and what it does beside that."""
    steps: list[str] = []

    async def unit(tx: Transaction) -> None:
        class Explains:
            async def execute(self, statement: Any, values: dict[str, object]) -> Sequence[object]:
                rows = await tx.execute(text(f"EXPLAIN QUERY PLAN {statement.compile()}"), values)
                steps.extend(row.detail.split(" INDEX ")[-1] for row in rows)
                return ()

        await store.page(Explains(), SCHOOL, narrowed, beyond=7, limit=10)  # type: ignore[arg-type]

    await database.read(unit)
    return steps


async def kept(school: School) -> Sequence[Record]:
    async def unit(tx: Transaction) -> Sequence[Record]:
        return await store.events(tx, SCHOOL, limit=100)

    return await school.database.read(unit)


async def write_past_the_trail(school: School, **damage: str) -> None:
    async def unit(tx: Transaction) -> None:
        values = {"kind": "apikey.revoked", "actor_kind": "nobody", "actor_id": "", "key_version": 1, "at": 1}
        whose = {"tenant_id": SCHOOL, "number": 2, "previous": bytes(32), "tag": bytes(32), "detail": "{}"}
        await tx.execute(insert(AuditEventRow).values({**values, **whose, **damage}))

    await school.database.write(unit)
