"""Token families: the life of one, and what ends it; on both databases."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, update

from backend.accounts.keys.apikeys.models import ApiKeyRow
from backend.accounts.keys.tokens.lives import IDLE_MILLISECONDS, LIFE_MILLISECONDS, MOST_FAMILIES
from backend.accounts.keys.tokens.models import TokenFamilyRow, TokenLookupRow
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from tests.integration.accounts.conftest import Answered, School
from tests.integration.accounts.test_api_keys import KEYS, MINE, made
from tests.integration.accounts.test_tenants import until_deleted
from tests.ledger.people import DISTRICT, FOREIGN, SCHOOL

FAMILIES = "/api/v1/token-families"
REFUSED = (401, "unauthenticated")


async def begun(school: School, key: str) -> Any:
    """Return what a key is given for itself."""
    answer = await school.ask("POST", FAMILIES, who=key)
    assert 201 == answer.status
    return answer.json


async def refresh(school: School, token: str) -> Answered:
    return await school.ask("POST", f"{FAMILIES}/refresh", {"refresh_token": token}, who="nobody")


async def status(school: School, access_token: str) -> int:
    return (await school.ask("GET", MINE, who=access_token)).status


async def set_family(school: School, family_id: str, **values: Any) -> None:
    async def unit(tx: Transaction) -> None:
        this = (TokenFamilyRow.tenant_id == SCHOOL, TokenFamilyRow.id == family_id)
        await tx.execute(update(TokenFamilyRow).where(*this).values(**values))

    await school.database.write(unit, tenant=SCHOOL)


async def family(school: School, family_id: str) -> Any:
    async def unit(tx: Transaction) -> Any:
        this = (TokenFamilyRow.tenant_id == SCHOOL, TokenFamilyRow.id == family_id)
        return (await tx.execute(select(TokenFamilyRow.__table__).where(*this))).one()

    return await school.database.read(unit, tenant=SCHOOL)


async def end_access_tokens(school: School) -> None:
    async def unit(tx: Transaction) -> None:
        statement = update(TokenLookupRow).where(TokenLookupRow.kind == "access")
        await tx.execute(statement.values(ends_at=DatabaseNow() - 1))

    await school.database.write(unit)


async def kept_tokens(school: School) -> dict[str, int]:
    async def unit(tx: Transaction) -> dict[str, int]:
        statement = select(TokenLookupRow.kind, func.count().label("number")).group_by(TokenLookupRow.kind)
        return {row.kind: row.number for row in await tx.execute(statement)}

    return await school.database.read(unit)


async def kept_families(school: School) -> int:
    async def unit(tx: Transaction) -> int:
        statement = select(func.count()).select_from(TokenFamilyRow).where(TokenFamilyRow.tenant_id == SCHOOL)
        return int((await tx.execute(statement)).scalar_one())

    return await school.database.read(unit, tenant=SCHOOL)


def told(answer: Answered) -> tuple[int, str | None]:
    return answer.status, answer.code


async def test_a_key_is_exchanged_and_its_tokens_follow_each_other(school: School) -> None:
    key_id, key = await made(school)
    first = await begun(school, key)
    second = (await refresh(school, first["refresh_token"])).json
    third = (await refresh(school, second["refresh_token"])).json

    assert {first["family_id"]} == {second["family_id"], third["family_id"]}
    assert 6 == len({pair[name] for pair in (first, second, third) for name in ("access_token", "refresh_token")})
    # An access token holds until its end, though there is another one by now.
    assert [200, 200, 200] == [await status(school, pair["access_token"]) for pair in (first, second, third)]
    assert key_id == (await family(school, first["family_id"])).key_id


async def test_an_answer_tells_when_each_of_its_parts_ends(school: School) -> None:
    _, key = await made(school)
    pair = await begun(school, key)
    kept = await family(school, pair["family_id"])

    assert kept.created_at + 600_000 == pair["access_ends_at"]
    assert kept.created_at + IDLE_MILLISECONDS == pair["refresh_ends_at"]
    assert kept.created_at + LIFE_MILLISECONDS == pair["family_ends_at"]


async def test_a_family_ends_no_later_than_its_key(school: School) -> None:
    _, key = await made(school, days=3)
    pair = await begun(school, key)

    assert pair["refresh_ends_at"] == pair["family_ends_at"]
    assert pair["family_ends_at"] < (await family(school, pair["family_id"])).created_at + 3 * 86_400_000 + 1


async def test_a_token_may_what_its_key_may_and_nothing_else(school: School) -> None:
    _, key = await made(school)
    access = (await begun(school, key))["access_token"]

    assert 200 == await status(school, access)
    assert (403, "forbidden") == told(await school.ask("GET", KEYS, who=access))
    assert (404, "not_found") == told(await school.ask("GET", f"/api/v1/tenants/{FOREIGN}", who=access))
    assert (404, "not_found") == told(await school.ask("GET", f"/api/v1/tenants/{DISTRICT}", who=access))


async def test_a_token_of_a_districts_key_reaches_into_its_schools(school: School) -> None:
    _, key = await made(school, tenant=DISTRICT, who="district_admin")
    access = (await begun(school, key))["access_token"]

    assert [200, 200, 404] == [
        (await school.ask("GET", f"/api/v1/tenants/{each}", who=access)).status for each in (DISTRICT, SCHOOL, FOREIGN)
    ]


async def test_a_spent_refresh_token_that_comes_again_ends_the_family(school: School) -> None:
    _, key = await made(school)
    first, other = await begun(school, key), await begun(school, key)
    second = (await refresh(school, first["refresh_token"])).json
    assert [200, 200] == [await status(school, pair["access_token"]) for pair in (first, second)]

    assert REFUSED == told(await refresh(school, first["refresh_token"]))

    assert [401, 401] == [await status(school, pair["access_token"]) for pair in (first, second)]
    assert REFUSED == told(await refresh(school, second["refresh_token"]))
    kept = await family(school, first["family_id"])
    assert kept.reuse_seen_at == kept.revoked_at is not None
    # Of its tokens nothing is left but of the other family.
    assert {"access": 1, "refresh": 1} == await kept_tokens(school)
    # Another family of the key is none the worse for it, and the key itself begins a new one.
    assert 200 == await status(school, other["access_token"])
    assert 200 == (await refresh(school, other["refresh_token"])).status
    assert 200 == await status(school, (await begun(school, key))["access_token"])


async def test_the_first_of_many_refresh_tokens_is_still_known_as_spent(school: School) -> None:
    _, key = await made(school)
    first = pair = await begun(school, key)
    for _ in range(30):
        pair = (await refresh(school, pair["refresh_token"])).json
        await end_access_tokens(school)

    assert REFUSED == told(await refresh(school, first["refresh_token"]))
    assert REFUSED == told(await refresh(school, pair["refresh_token"]))


async def test_what_ended_is_removed_as_families_are_refreshed(school: School) -> None:
    _, key = await made(school)
    pair = await begun(school, key)
    for _ in range(10):
        await end_access_tokens(school)
        pair = (await refresh(school, pair["refresh_token"])).json

    assert {"access": 1, "refresh": 11} == await kept_tokens(school)


async def test_an_ended_family_stays_ended_and_no_second_end_is_noted(school: School) -> None:
    _, key = await made(school)
    pair = await begun(school, key)
    ended = await school.ask("DELETE", f"{FAMILIES}/current", who=pair["access_token"])
    kept = await family(school, pair["family_id"])

    assert (204, None) == (ended.status, ended.json)
    assert 401 == await status(school, pair["access_token"])
    assert REFUSED == told(await school.ask("DELETE", f"{FAMILIES}/current", who=pair["access_token"]))
    assert REFUSED == told(await refresh(school, pair["refresh_token"]))
    assert kept == await family(school, pair["family_id"])
    assert kept.reuse_seen_at is None


@pytest.mark.parametrize(
    "values",
    [
        {"ends_at": DatabaseNow() - 1},
        {"refreshed_at": DatabaseNow() - IDLE_MILLISECONDS},
        {"revoked_at": DatabaseNow()},
    ],
    ids=["its life is over", "nobody refreshed it", "revoked"],
)
async def test_a_family_that_has_ended_gives_nothing(school: School, values: dict[str, Any]) -> None:
    _, key = await made(school)
    pair = await begun(school, key)
    await set_family(school, pair["family_id"], **values)

    assert REFUSED == told(await refresh(school, pair["refresh_token"]))
    assert 401 == await status(school, pair["access_token"])


async def test_an_access_token_ends_and_the_refresh_token_gives_another(school: School) -> None:
    _, key = await made(school)
    pair = await begun(school, key)
    await end_access_tokens(school)

    assert 401 == await status(school, pair["access_token"])
    assert 200 == await status(school, (await refresh(school, pair["refresh_token"])).json["access_token"])


async def test_families_die_with_their_key(school: School) -> None:
    key_id, key = await made(school)
    pair = await begun(school, key)
    assert 200 == await status(school, pair["access_token"])
    await school.ask("DELETE", f"{KEYS}/{key_id}")

    assert 401 == await status(school, pair["access_token"])
    assert REFUSED == told(await refresh(school, pair["refresh_token"]))
    assert REFUSED == told(await school.ask("POST", FAMILIES, who=key))


async def test_families_end_with_the_date_of_their_key(school: School) -> None:
    key_id, key = await made(school)
    pair = await begun(school, key)

    async def unit(tx: Transaction) -> None:
        this = (ApiKeyRow.tenant_id == SCHOOL, ApiKeyRow.id == key_id)
        await tx.execute(update(ApiKeyRow).where(*this).values(ends_at=DatabaseNow()))

    await school.database.write(unit, tenant=SCHOOL)

    assert 401 == await status(school, pair["access_token"])
    assert REFUSED == told(await refresh(school, pair["refresh_token"]))


async def test_a_rotation_of_the_key_leaves_its_families(school: School) -> None:
    key_id, key = await made(school)
    pair = await begun(school, key)
    await school.ask("POST", f"{KEYS}/{key_id}/rotations", {"overlap_hours": 0})

    assert 200 == await status(school, pair["access_token"])
    assert 200 == (await refresh(school, pair["refresh_token"])).status


async def test_a_suspended_tenants_tokens_do_nothing_until_it_goes_on(school: School) -> None:
    _, key = await made(school)
    pair = await begun(school, key)
    assert 200 == await status(school, pair["access_token"])

    await school.ask("PUT", f"{MINE}/suspension", who="district_admin")
    assert 401 == await status(school, pair["access_token"])
    assert REFUSED == told(await refresh(school, pair["refresh_token"]))

    await school.ask("DELETE", f"{MINE}/suspension", who="district_admin")
    assert 200 == await status(school, pair["access_token"])
    assert 200 == (await refresh(school, pair["refresh_token"])).status


async def test_a_deleted_tenant_leaves_nothing_of_its_families(school: School) -> None:
    _, key = await made(school)
    await refresh(school, (await begun(school, key))["refresh_token"])
    _, of_district = await made(school, tenant=DISTRICT, who="district_admin")
    other = await begun(school, of_district)
    assert 202 == (await school.ask("DELETE", MINE, who="platform_operator")).status
    await until_deleted(school, SCHOOL)

    assert ({"access": 1, "refresh": 1}, 0) == (await kept_tokens(school), await kept_families(school))
    assert 200 == (await refresh(school, other["refresh_token"])).status


async def test_a_key_has_so_many_families_and_no_more(school: School) -> None:
    _, key = await made(school)
    answers = await asyncio.gather(*(school.ask("POST", FAMILIES, who=key) for _ in range(MOST_FAMILIES + 5)))
    full = [answer for answer in answers if answer.status != 201]

    assert [(409, "limit_reached")] * 5 == [told(answer) for answer in full]
    assert str(MOST_FAMILIES) in full[0].json["detail"]

    taken = [answer.json for answer in answers if answer.status == 201]
    await school.ask("DELETE", f"{FAMILIES}/current", who=taken[0]["access_token"])
    await set_family(school, taken[1]["family_id"], refreshed_at=DatabaseNow() - IDLE_MILLISECONDS)
    assert [201, 201, 409] == [(await school.ask("POST", FAMILIES, who=key)).status for _ in range(3)]


async def test_what_is_kept_of_tokens_is_their_digests_alone(school: School) -> None:
    _, key = await made(school)
    pair = await begun(school, key)

    async def unit(tx: Transaction) -> list[Any]:
        rows = (await tx.execute(select(TokenLookupRow.__table__))).all()
        families = (await tx.execute(select(TokenFamilyRow.__table__).where(TokenFamilyRow.tenant_id == SCHOOL))).all()
        return [*rows, *families]

    kept = repr(await school.database.read(unit, tenant=SCHOOL))
    assert all(pair[name].split("_")[3] not in kept for name in ("access_token", "refresh_token"))


async def test_the_use_of_a_token_is_a_use_of_its_key(school: School) -> None:
    key_id, key = await made(school)
    pair = await begun(school, key)

    async def unit(tx: Transaction) -> None:
        this = (ApiKeyRow.tenant_id == SCHOOL, ApiKeyRow.id == key_id)
        await tx.execute(update(ApiKeyRow).where(*this).values(used_at=1))

    await school.database.write(unit, tenant=SCHOOL)
    await status(school, pair["access_token"])

    assert 1 < (await school.ask("GET", f"{KEYS}/{key_id}")).json["used_at"]
