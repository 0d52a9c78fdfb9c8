"""Token families against whoever has no right to them: other kinds, forged parts, guesses; on both databases."""

import pytest

from backend.accounts.keys.text_form import Credential, Kind
from backend.secret import Secret
from tests.integration.accounts.conftest import School
from tests.integration.accounts.test_api_keys import KEYS, MINE, made
from tests.integration.accounts.test_tokens import FAMILIES, REFUSED, begun, refresh, status, told
from tests.servers.kinds import on_sqlite


async def test_only_a_key_itself_begins_a_family_and_only_an_access_token_ends_one(school: School) -> None:
    _, key = await made(school)
    pair = await begun(school, key)
    forbidden = (403, "forbidden")

    assert forbidden == told(await school.ask("POST", FAMILIES, who=pair["access_token"]))
    assert forbidden == told(await school.ask("POST", FAMILIES, who="school_admin"))
    assert forbidden == told(await school.ask("DELETE", f"{FAMILIES}/current", who=key))
    assert forbidden == told(await school.ask("DELETE", f"{FAMILIES}/current", who="school_admin"))


async def test_no_token_is_taken_for_one_of_another_kind(school: School) -> None:
    _, key = await made(school)
    pair = await begun(school, key)
    access, refresh_token = pair["access_token"], pair["refresh_token"]
    bodies = [
        access,
        key,
        as_kind(refresh_token, Kind.ACCESS),
        as_kind(access, Kind.REFRESH),
        as_kind(key, Kind.REFRESH),
    ]
    bearers = [
        refresh_token,
        as_kind(refresh_token, Kind.ACCESS),
        as_kind(access, Kind.REFRESH),
        as_kind(access, Kind.API),
    ]
    bearers += [as_kind(refresh_token, Kind.API), as_kind(key, Kind.ACCESS)]

    assert [REFUSED] * 5 == [told(await refresh(school, each)) for each in bodies]
    assert [401] * 6 == [await status(school, each) for each in bearers]
    # Nothing of this was a reuse.
    assert [200, 200] == [await status(school, access), (await refresh(school, refresh_token)).status]


@pytest.mark.parametrize("part", [0, 1, 2, 3, 4])
async def test_a_token_with_another_part_is_nobodys_and_harms_nobody(school: School, part: int) -> None:
    _, key = await made(school)
    pair, other = await begun(school, key), await begun(school, key)
    for name in ("access_token", "refresh_token"):
        parts = pair[name].split("_")
        parts[part] = ["tbz", "game", other[name].split("_")[2], other[name].split("_")[3], "0000000"][part]
        forged = "_".join(parts)
        # The check is right, so that more than the check refuses it.
        for each in (forged, rechecked(parts)) if 1 < part < 4 else (forged,):
            assert REFUSED == told(await refresh(school, each))
            assert 401 == await status(school, each)

    assert [200, 200] == [(await refresh(school, each["refresh_token"])).status for each in (pair, other)]


async def test_who_knows_a_familys_id_cannot_end_it(school: School) -> None:
    _, key = await made(school)
    pair = await begun(school, key)
    guessed = Credential.for_id(Kind.REFRESH, pair["family_id"]).text()

    assert REFUSED == told(await refresh(school, guessed))
    assert 200 == (await refresh(school, pair["refresh_token"])).status


async def test_every_refusal_of_a_refresh_is_the_same(school: School) -> None:
    key_id, key = await made(school)
    spent, ended, fine = [await begun(school, key) for _ in range(3)]
    await refresh(school, spent["refresh_token"])
    await school.ask("DELETE", f"{FAMILIES}/current", who=ended["access_token"])
    answers = [
        await refresh(school, each)
        for each in (
            "x",
            "tbx_refresh_",
            key,
            spent["refresh_token"],
            spent["refresh_token"],
            ended["refresh_token"],
            fine["refresh_token"][:-1],
            fine["refresh_token"].upper(),
            f" {fine['refresh_token']}",
            Credential.new(Kind.REFRESH).text(),
        )
    ]
    await school.ask("DELETE", f"{KEYS}/{key_id}")
    answers.append(await refresh(school, fine["refresh_token"]))

    assert 1 == len({repr({**answer.json, "request_id": ""}) for answer in answers})
    assert {401} == {answer.status for answer in answers}


@pytest.mark.parametrize(
    "body",
    [{}, {"refresh_token": ""}, {"refresh_token": "x" * 257}, {"refresh_token": None}, {"refresh_token": ["x"]}, []],
)
async def test_what_is_no_body_of_a_refresh_is_refused(school: School, body: object) -> None:
    answer = await school.ask("POST", f"{FAMILIES}/refresh", body, who="nobody")

    assert (400, "invalid_request") == told(answer)


async def test_a_body_of_a_refresh_is_small(school: School) -> None:
    assert (413, "too_large") == told(await refresh(school, "x" * 2000))


async def test_a_bearer_beside_the_refresh_token_changes_nothing(school: School) -> None:
    _, key = await made(school)
    pair, other = await begun(school, key), await begun(school, key)
    body = {"refresh_token": pair["refresh_token"]}
    answer = await school.ask("POST", f"{FAMILIES}/refresh", body, who=other["access_token"])

    assert (200, pair["family_id"]) == (answer.status, answer.json["family_id"])


def rechecked(parts: list[str]) -> str:
    """Write a token of other parts as we would."""
    return Credential(Kind(parts[1]), parts[2], Secret(parts[3])).text()


def as_kind(text: str, kind: Kind) -> str:
    """Write a credential as one of another kind, with the check that belongs to it."""
    parts = text.split("_")
    parts[1] = kind
    return rechecked(parts)


@on_sqlite
@pytest.mark.parametrize(
    ("answered", "form"),
    [(200, "Bearer {}"), (200, "bearer {}"), (401, "BEARER {}"), (401, "Bearer  {}"), (401, "Token {}"), (401, "{}")],
)
async def test_an_access_token_is_sent_in_the_form_of_a_bearer(school: School, answered: int, form: str) -> None:
    _, key = await made(school)
    access = (await begun(school, key))["access_token"]

    assert answered == (await school.ask("GET", MINE, Authorization=form.format(access))).status


async def test_two_tokens_in_one_request_are_refused(school: School) -> None:
    _, key = await made(school)
    access = (await begun(school, key))["access_token"]
    twice = [("Authorization", f"Bearer {access}"), ("Authorization", f"Bearer {key}")]
    answer = await school.send("GET", MINE, twice)

    assert (400, "invalid_request") == told(answer)
