"""Refresh tokens that come at the same moment: no order of them leaves a reused family alive; on both databases."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bridge.app import create_app
from bridge.keys import SETTINGS, TABLE
from tests.integration.accounts.conftest import Answered, School
from tests.integration.accounts.test_api_keys import made
from tests.integration.accounts.test_tokens import FAMILIES, begun, family, refresh, status, told
from tests.integration.web.conftest import serving

ROUNDS = 25
AT_ONCE = 8


@pytest.fixture
async def other_worker(school: School) -> AsyncIterator[School]:
    """Another worker of the same host: the same database and table, and caches of its own."""
    async with serving(create_app(school.app[SETTINGS], table=school.app[TABLE])) as bridge:
        yield School(bridge)


async def test_of_many_refreshes_of_one_token_one_wins_and_the_family_ends(school: School) -> None:
    _, key = await made(school)
    for _ in range(5):
        pair = await begun(school, key)
        answers = await asyncio.gather(*(refresh(school, pair["refresh_token"]) for _ in range(AT_ONCE)))
        won = [answer.json for answer in answers if answer.status == 200]

        assert [(401, "unauthenticated")] * (AT_ONCE - 1) == [told(each) for each in answers if each.status != 200]
        assert 1 == len(won)
        assert 401 == (await refresh(school, won[0]["refresh_token"])).status
        assert [401, 401] == [await status(school, each["access_token"]) for each in (pair, won[0])]
        assert (await family(school, pair["family_id"])).reuse_seen_at is not None


async def test_after_a_reuse_is_answered_no_descendant_that_refreshed_at_that_moment_works(school: School) -> None:
    _, key = await made(school)
    orders: set[int] = set()
    for number in range(ROUNDS):
        first = await begun(school, key)
        second = (await refresh(school, first["refresh_token"])).json
        # The callers of both are known in every cache.
        assert [200, 200] == [await status(school, each["access_token"]) for each in (first, second)]
        race = _Race(school, school)
        # Now the one and now the other is sent first.
        sent = [race.reuse(first["refresh_token"]), race.descend(second["refresh_token"])]
        await asyncio.gather(*(sent if number % 2 else reversed(sent)))

        # What was answered to a descendant before the reuse was answered is as dead as what comes after.
        given = [second, *race.given]
        orders.add(len(race.given))
        assert [401] * len(given) == [(await refresh(school, each["refresh_token"])).status for each in given]
        assert [401] * (len(given) + 1) == [await status(school, each["access_token"]) for each in (first, *given)]
    assert orders - {0}, "no descendant was ever quick enough to be given anything"


async def test_so_it_is_where_two_workers_of_a_host_are_asked(school: School, other_worker: School) -> None:
    _, key = await made(school)
    for number in range(ROUNDS):
        first = await begun(school, key)
        second = (await refresh(other_worker, first["refresh_token"])).json
        # Each worker keeps the callers in a cache of its own.
        for worker in (school, other_worker):
            assert [200, 200] == [await status(worker, each["access_token"]) for each in (first, second)]
        race = _Race(school, other_worker)
        sent = [race.reuse(first["refresh_token"]), race.descend(second["refresh_token"])]
        await asyncio.gather(*(sent if number % 2 else reversed(sent)))

        given = [second, *race.given]
        for worker in (other_worker, school):
            assert [401] * (len(given) + 1) == [await status(worker, each["access_token"]) for each in (first, *given)]
            assert [401] * len(given) == [(await refresh(worker, each["refresh_token"])).status for each in given]


async def test_a_reuse_beside_an_end_and_a_beginning_harms_no_other_family(school: School) -> None:
    _, key = await made(school)
    other = await begun(school, key)
    for _ in range(5):
        first = await begun(school, key)
        second = (await refresh(school, first["refresh_token"])).json
        answers = await asyncio.gather(
            refresh(school, first["refresh_token"]),
            school.ask("DELETE", f"{FAMILIES}/current", who=second["access_token"]),
            school.ask("POST", FAMILIES, who=key),
            refresh(school, other["refresh_token"]),
        )
        other = answers[3].json

        assert (401, 201, 200) == (answers[0].status, answers[2].status, answers[3].status)
        assert answers[1].status in {204, 401}
        assert [200, 200] == [await status(school, each["access_token"]) for each in (answers[2].json, other)]
        await school.ask("DELETE", f"{FAMILIES}/current", who=answers[2].json["access_token"])


class _Race:
    """A thief's copy that is sent, while the program goes on refreshing for as long as it is answered."""

    def __init__(self, thiefs: School, programs: School) -> None:
        self.given: list[Any] = []
        self._thiefs = thiefs
        self._programs = programs
        self._is_over = False

    async def reuse(self, token: str) -> None:
        answer = await refresh(self._thiefs, token)
        self._is_over = True
        assert 401 == answer.status

    async def descend(self, token: str) -> None:
        while True:
            was_over = self._is_over
            answer: Answered = await refresh(self._programs, token)
            # What is sent after the reuse was answered is refused without exception.
            assert not (was_over and answer.status == 200)
            if answer.status != 200:
                return
            self.given.append(answer.json)
            token = answer.json["refresh_token"]
            # The access token is tried at once, so that its caller is kept if it can be.
            await status(self._programs, answer.json["access_token"])
