"""API keys: what a program of a tenant may do with one, and when it ends; on both databases."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.accounts.keys.apikeys.models import ApiKeyRow
from backend.accounts.keys.lookups.models import KeyLookupRow
from backend.accounts.tenants.models import TenantRow
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from backend.web.keys import RIGHTS
from tests.integration.accounts.conftest import School
from tests.ledger.people import DISTRICT, FOREIGN, SCHOOL
from tests.servers.kinds import on_sqlite

MINE = f"/api/v1/tenants/{SCHOOL}"
KEYS = f"{MINE}/api-keys"
SCOPES = ["lesson.read", "tenant.read"]


async def made(school: School, *, tenant: str = SCHOOL, who: str = "school_admin", **wanted: Any) -> tuple[str, str]:
    """Return the id of a new key and its text."""
    answer = await school.ask(
        "POST", f"/api/v1/tenants/{tenant}/api-keys", {"name": "Timetable", "scopes": SCOPES, **wanted}, who=who
    )
    assert (201, True) == (answer.status, answer.json["secret_shown"])
    return answer.json["api_key"]["id"], answer.json["text"]


async def test_a_key_does_what_it_was_made_for_and_nothing_else(school: School) -> None:
    _, text = await made(school)

    assert 200 == (await school.ask("GET", MINE, who=text)).status
    assert (403, "forbidden") == _told(await school.ask("GET", KEYS, who=text))
    assert (403, "forbidden") == _told(await school.ask("PATCH", MINE, {"name": "x"}, who=text, If_Match='"1"'))
    assert (404, "not_found") == _told(await school.ask("GET", f"/api/v1/tenants/{FOREIGN}", who=text))
    assert (404, "not_found") == _told(await school.ask("GET", f"/api/v1/tenants/{DISTRICT}", who=text))
    assert (403, "forbidden") == _told(await school.ask("GET", "/api/v1/tenants", who=text))


async def test_a_key_of_a_district_reaches_into_its_schools(school: School) -> None:
    _, text = await made(school, tenant=DISTRICT, who="district_admin")

    assert [200, 200, 404] == [
        (await school.ask("GET", f"/api/v1/tenants/{each}", who=text)).status for each in (DISTRICT, SCHOOL, FOREIGN)
    ]


async def test_a_text_is_shown_once_and_kept_nowhere(school: School) -> None:
    key, wanted = "k" * 20, {"name": "Timetable", "scopes": SCOPES}
    first, again = [await school.ask("POST", KEYS, wanted, Idempotency_Key=key) for _ in range(2)]

    assert (200, None, False) == (again.status, again.json["text"], again.json["secret_shown"])
    assert first.json["api_key"] == again.json["api_key"]
    for target in (KEYS, f"{KEYS}/{first.json['api_key']['id']}"):
        assert first.json["text"].split("_")[3] not in repr((await school.ask("GET", target)).json)


@on_sqlite
@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({"scopes": []}, "/body/scopes"),
        ({"scopes": ["lesson.read", "lesson.read"]}, "/body/scopes"),
        ({"scopes": ["lesson.read", "pupil.identify"]}, "/body/scopes/1"),
        ({"scopes": ["apikey.create"]}, "/body/scopes/0"),
        ({"scopes": ["nonsense"]}, "/body/scopes/0"),
        ({"days": 0}, "/body/days"),
        ({"days": 731}, "/body/days"),
        ({"name": ""}, "/body/name"),
        ({"created_by": "somebody"}, "/body/created_by"),
        ({"tenant_id": FOREIGN}, "/body/tenant_id"),
    ],
)
async def test_what_a_key_cannot_be_is_refused(school: School, wanted: dict[str, object], path: str) -> None:
    refused = await school.ask("POST", KEYS, {"name": "Timetable", "scopes": SCOPES, **wanted})

    assert (400, "invalid_request") == _told(refused)
    assert path in [error["path"] for error in refused.json["errors"]]
    assert [] == (await school.ask("GET", KEYS)).json["api_keys"]


async def test_a_revoked_key_ends_with_the_answer_that_says_so(school: School) -> None:
    key_id, text = await made(school)
    assert 200 == (await school.ask("GET", MINE, who=text)).status
    revoked = [await school.ask("DELETE", f"{KEYS}/{key_id}") for _ in range(2)]

    assert (401, "unauthenticated") == _told(await school.ask("GET", MINE, who=text))
    assert revoked[0].json == revoked[1].json
    assert revoked[0].json["revoked_at"] is not None
    assert 0 == (await school.ask("GET", f"{MINE}/use")).json["used"]["api_keys"]


async def test_after_a_rotation_both_texts_hold_until_the_old_one_ends(school: School) -> None:
    key_id, old = await made(school)
    assert 200 == (await school.ask("GET", MINE, who=old)).status
    rotated = await school.ask("POST", f"{KEYS}/{key_id}/rotations", {"overlap_hours": 1})
    new = rotated.json["text"]

    assert [200, 200] == [(await school.ask("GET", MINE, who=text)).status for text in (old, new)]
    await set_lookups(school, key_id, ends_at=DatabaseNow() - 1)
    await school.ask("POST", f"{KEYS}/{key_id}/rotations", {"overlap_hours": 0})

    assert [401, 401] == [(await school.ask("GET", MINE, who=text)).status for text in (old, new)]


async def test_a_key_that_is_rotated_without_overlap_has_one_text(school: School) -> None:
    key_id, old = await made(school)
    assert 200 == (await school.ask("GET", MINE, who=old)).status
    new = (await school.ask("POST", f"{KEYS}/{key_id}/rotations", {"overlap_hours": 0})).json["text"]

    assert [401, 200] == [(await school.ask("GET", MINE, who=text)).status for text in (old, new)]
    for _ in range(3):
        await school.ask("POST", f"{KEYS}/{key_id}/rotations", {"overlap_hours": 2})
    assert (409, "conflict") == _told(
        [await school.ask("POST", f"{KEYS}/{key_id}/rotations", {"overlap_hours": 2}) for _ in range(2)][-1]
    )


async def test_a_revoked_key_is_not_rotated(school: School) -> None:
    key_id, _ = await made(school)
    await school.ask("DELETE", f"{KEYS}/{key_id}")

    assert (409, "conflict") == _told(await school.ask("POST", f"{KEYS}/{key_id}/rotations", {}))


async def test_a_key_ends_by_its_date(school: School) -> None:
    key_id, text = await made(school)

    async def unit(tx: Transaction) -> None:
        this = (ApiKeyRow.tenant_id == SCHOOL, ApiKeyRow.id == key_id)
        await tx.execute(update(ApiKeyRow).where(*this).values(ends_at=DatabaseNow()))

    await school.database.write(unit, tenant=SCHOOL)

    assert (401, "unauthenticated") == _told(await school.ask("GET", MINE, who=text))


async def test_a_suspended_tenants_keys_do_nothing_until_it_goes_on(school: School) -> None:
    _, text = await made(school)
    _, of_district = await made(school, tenant=DISTRICT, who="district_admin")
    assert [200, 200] == [(await school.ask("GET", MINE, who=each)).status for each in (text, of_district)]

    await school.ask("PUT", f"{MINE}/suspension", who="district_admin")
    assert [401, 404] == [(await school.ask("GET", MINE, who=each)).status for each in (text, of_district)]

    await school.ask("DELETE", f"{MINE}/suspension", who="district_admin")
    assert [200, 200] == [(await school.ask("GET", MINE, who=each)).status for each in (text, of_district)]


async def test_a_scope_that_no_key_may_have_any_more_gives_nothing(school: School) -> None:
    key_id, text = await made(school)

    async def as_an_older_release_made_it(tx: Transaction) -> None:
        of_key = (ApiKeyRow.tenant_id == SCHOOL, ApiKeyRow.id == key_id)
        await tx.execute(update(ApiKeyRow).where(*of_key).values(scopes='["apikey.read","tenant.read"]'))
        await school.app[RIGHTS].changed(tx)

    await school.database.write(as_an_older_release_made_it, tenant=SCHOOL)

    assert 200 == (await school.ask("GET", MINE, who=text)).status
    assert (403, "forbidden") == _told(await school.ask("GET", KEYS, who=text))


@pytest.mark.parametrize("part", [0, 1, 2, 3, 4])
async def test_a_text_with_another_part_is_nobodys(school: School, part: int) -> None:
    _, text = await made(school)
    _, other = await made(school)
    parts = text.split("_")
    parts[part] = {0: "tbx", 1: "game", 2: other.split("_")[2], 3: other.split("_")[3], 4: "0000000"}[part]
    forged = "_".join(parts)
    if part == 0:
        forged = forged[:-1] + ("0" if forged[-1] != "0" else "1")

    assert (401, "unauthenticated") == _told(await school.ask("GET", MINE, who=forged))


async def test_the_last_use_is_noted_and_is_no_other_version(school: School) -> None:
    key_id, text = await made(school)
    before = await school.ask("GET", f"{KEYS}/{key_id}")
    await school.ask("GET", MINE, who=text)
    after = await school.ask("GET", f"{KEYS}/{key_id}")

    assert before.json["used_at"] is None
    assert after.json["used_at"] >= after.json["created_at"]
    assert before.headers["ETag"] == after.headers["ETag"]


async def test_a_key_of_another_tenant_is_not_there(school: School) -> None:
    key_id, _ = await made(school, tenant=DISTRICT, who="district_admin")
    for method, target in (("GET", ""), ("DELETE", ""), ("POST", "/rotations")):
        answer = await school.ask(method, f"{KEYS}/{key_id}{target}", {} if method == "POST" else None)
        assert (404, "not_found") == _told(answer)


async def test_what_is_kept_of_a_text_is_its_digest_alone(school: School) -> None:
    key_id, text = await made(school)

    async def unit(tx: Transaction) -> list[object]:
        rows = (await tx.execute(select(KeyLookupRow).where(KeyLookupRow.key_id == key_id))).all()
        keys = (await tx.execute(select(ApiKeyRow).where(ApiKeyRow.tenant_id == SCHOOL))).all()
        return [value for row in (*rows, *keys) for value in row]

    kept = await school.database.read(unit, tenant=SCHOOL)
    assert text.split("_")[3] not in repr(kept)
    assert 32 in [len(value) for value in kept if isinstance(value, bytes)]


async def test_many_rotations_at_once_leave_no_more_texts_than_there_may_be(school: School) -> None:
    key_id, _ = await made(school)
    answers = await asyncio.gather(
        *(school.ask("POST", f"{KEYS}/{key_id}/rotations", {"overlap_hours": 1}) for _ in range(8))
    )
    texts = [answer.json["text"] for answer in answers if answer.status == 201]

    assert 4 == len(texts)
    assert [200] * 4 == [(await school.ask("GET", MINE, who=text)).status for text in texts]


async def set_lookups(school: School, key_id: str, **values: Any) -> None:
    async def unit(tx: Transaction) -> None:
        await tx.execute(update(KeyLookupRow).where(KeyLookupRow.key_id == key_id).values(**values))
        await tx.execute(update(TenantRow).where(TenantRow.id == SCHOOL).values(version=TenantRow.version))

    await school.database.write(unit)


def _told(answer: Any) -> tuple[int, str | None]:
    return answer.status, answer.code
