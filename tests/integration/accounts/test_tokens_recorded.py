"""What the audit trail is told of token families, and what not; on both databases."""

import asyncio

from tests.integration.accounts.acts import held_back
from tests.integration.accounts.conftest import School
from tests.integration.accounts.test_api_keys import MINE, made
from tests.integration.accounts.test_tokens import FAMILIES, begun, refresh, told
from tests.integration.accounts.trails import Told, added, trails
from tests.ledger.people import SCHOOL


async def test_a_family_is_recorded_when_it_begins_and_when_it_ends_and_once(school: School) -> None:
    key_id, key = await made(school)
    before = await trails(school.database)
    pair = await begun(school, key)
    pair = (await refresh(school, pair["refresh_token"])).json
    for _ in range(2):
        await school.ask("DELETE", f"{FAMILIES}/current", who=pair["access_token"])

    which = {"key": key_id, "family": pair["family_id"]}
    expected = [
        Told("tokens.begun", ("api_key", key_id), which),
        Told("tokens.ended", ("api_key", key_id), {**which, "reason": "signed_out"}),
    ]
    assert {SCHOOL: expected} == added(before, await trails(school.database))


async def test_a_reuse_is_recorded_once_and_nobody_knows_whose_it_was(school: School) -> None:
    key_id, key = await made(school)
    first = await begun(school, key)
    before = await trails(school.database)
    await refresh(school, first["refresh_token"])
    await asyncio.gather(*(refresh(school, first["refresh_token"]) for _ in range(5)))

    detail = {"key": key_id, "family": first["family_id"], "reason": "reused_token"}
    assert {SCHOOL: [Told("tokens.ended", ("nobody", ""), detail)]} == added(before, await trails(school.database))


async def test_what_is_refused_is_not_recorded(school: School) -> None:
    _, key = await made(school)
    pair = await begun(school, key)
    before = await trails(school.database)
    refused = [
        await school.ask("POST", FAMILIES, who=pair["access_token"]),
        await school.ask("DELETE", f"{FAMILIES}/current", who=key),
        await refresh(school, pair["access_token"]),
    ]

    assert [403, 403, 401] == [answer.status for answer in refused]
    assert {} == added(before, await trails(school.database))


async def test_once_a_deletion_has_begun_a_reuse_ends_its_family_and_adds_nothing_to_the_trail(school: School) -> None:
    _, key = await made(school)
    first = await begun(school, key)
    await refresh(school, first["refresh_token"])
    await held_back(school)
    await school.ask("DELETE", MINE, who="platform_operator")
    before = await trails(school.database)

    assert (401, "unauthenticated") == told(await refresh(school, first["refresh_token"]))
    assert (401, "unauthenticated") == told(await school.ask("POST", FAMILIES, who=key))
    assert before == await trails(school.database)
