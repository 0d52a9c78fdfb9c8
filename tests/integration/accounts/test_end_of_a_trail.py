"""What is left of the trail of a tenant that was deleted; on both databases."""

import asyncio
from collections.abc import Sequence
from functools import partial

import pytest

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit import store
from backend.accounts.audit.event import Actor
from backend.accounts.audit.ids import PLATFORM
from backend.accounts.audit.service import ERASED_AT_ONCE, AuditTrail
from backend.accounts.tenants import deletion
from backend.accounts.tenants.service import DELETION
from backend.db.fresh import OutboxRow
from backend.db.unit import Transaction
from tests.audit.samples import event
from tests.integration.accounts.acts import API_KEY, GAME_KEY, held_back
from tests.integration.accounts.conftest import KEYS, PEOPLE, School
from tests.integration.accounts.trails import Told, trails
from tests.ledger.people import DISTRICT, FOREIGN, SCHOOL

MINE = f"/api/v1/tenants/{SCHOOL}"
TRAIL = AuditTrail(KEYS)
OPERATOR = ("person", PEOPLE["platform_operator"].id)
OUTBOX = ("system", "outbox")


async def of_platform(school: School, *, until: str) -> Sequence[Told]:
    """Return the trail of the platform, once its last event is of a kind."""
    async with asyncio.timeout(20):
        while True:
            found = (await trails(school.database)).get(PLATFORM, [])
            if found and found[-1].kind == until:
                return found
            await asyncio.sleep(0.01)


async def test_the_platform_knows_who_began_it_and_how_long_the_trail_was(school: School) -> None:
    await school.ask("POST", f"{MINE}/api-keys", {"name": "a", "scopes": ["lesson.read"]})
    await school.ask("PUT", f"/api/v1/tenants/{FOREIGN}/suspension", who="platform_operator")
    assert 202 == (await school.ask("DELETE", MINE, who="platform_operator")).status
    suspended, begun, deleted, erased = await of_platform(school, until="trail.erased")

    assert Told("tenant.suspended", OPERATOR, {"tenant": FOREIGN}) == suspended
    assert Told("tenant.deletion_begun", OPERATOR, {"tenant": SCHOOL}) == begun
    assert Told("tenant.deleted", OUTBOX, {"tenant": SCHOOL}) == deleted
    assert ("trail.erased", OUTBOX, SCHOOL, 2) == (
        erased.kind,
        erased.actor,
        erased.detail["tenant"],
        erased.detail["records"],
    )
    # Gone from the tables too, and that of the other school is not.
    await until_nothing_is_left(school)
    assert [suspended] == (await trails(school.database))[FOREIGN]


async def test_a_long_trail_goes_in_units_and_a_deletion_that_is_done_twice_is_told_once(school: School) -> None:
    async def fill(tx: Transaction, numbers: range) -> None:
        for number in numbers:
            await TRAIL.record(tx, SCHOOL, event(number))

    async def records(tx: Transaction) -> int:
        return len(await store.events(tx, SCHOOL, limit=ERASED_AT_ONCE))

    # In parts, as a busy machine does not do all of it in the second that a unit has.
    for first in range(0, ERASED_AT_ONCE + 1, 50):
        await school.database.write(partial(fill, numbers=range(first, min(first + 50, ERASED_AT_ONCE + 1))))
    delete = deletion.handler(lambda: school.database, lambda: school.app[ACCOUNTS].vault, lambda: TRAIL)
    row = OutboxRow(1, SCHOOL, DELETION, None, {"tenant_id": SCHOOL}, attempts=1)
    await delete(row)
    left = await school.database.read(records)
    await delete(row)

    assert 0 == left
    told = await trails(school.database)
    assert {PLATFORM} == told.keys()
    assert ["tenant.deleted", "trail.erased"] == [each.kind for each in told[PLATFORM]]
    assert ERASED_AT_ONCE + 1 == told[PLATFORM][-1].detail["records"]


class Stopped(RuntimeError):
    pass


def stopping(after: int) -> AuditTrail:
    """Return what erases two records at once, and stops after so many units."""
    units = iter(range(after))

    class Stops(AuditTrail):
        async def erase(self, tx: Transaction, tenant_id: str, actor: Actor, *, at_most: int = ERASED_AT_ONCE) -> int:
            if next(units, None) is None:
                raise Stopped
            gone = await super().erase(tx, tenant_id, actor, at_most=2)
            return at_most if gone == 2 else gone

    return Stops(KEYS)


@pytest.mark.parametrize("after", [0, 1, 2])
async def test_a_deletion_that_was_stopped_on_the_way_goes_on_where_it_was(school: School, after: int) -> None:
    async def fill(tx: Transaction) -> None:
        for number in range(5):
            await TRAIL.record(tx, SCHOOL, event(number))

    await school.database.write(fill)
    row = OutboxRow(1, SCHOOL, DELETION, None, {"tenant_id": SCHOOL}, attempts=1)
    stops = stopping(after)
    with pytest.raises(Stopped):
        await deletion.handler(lambda: school.database, lambda: school.app[ACCOUNTS].vault, lambda: stops)(row)
    await deletion.handler(lambda: school.database, lambda: school.app[ACCOUNTS].vault, lambda: TRAIL)(row)

    told = await trails(school.database)
    assert {PLATFORM} == told.keys()
    assert ["tenant.deleted", "trail.erased"] == [each.kind for each in told[PLATFORM]]


async def test_once_a_deletion_has_begun_nothing_is_added_that_could_outlive_it(school: School) -> None:
    await held_back(school)
    await school.ask("DELETE", MINE, who="platform_operator")
    before = await trails(school.database)
    refused = [
        await school.ask("POST", f"{MINE}/api-keys", API_KEY),
        await school.ask("POST", f"{MINE}/game-keys", GAME_KEY),
        await school.ask("PUT", f"{MINE}/suspension", who="platform_operator"),
    ]

    assert [(409, "conflict")] * 3 == [(each.status, each.code) for each in refused]
    assert before == await trails(school.database)


async def test_a_key_that_is_made_while_a_deletion_begins_is_there_before_it_or_not_at_all(school: School) -> None:
    await held_back(school)
    made = [school.ask("POST", f"{MINE}/api-keys", API_KEY) for _ in range(5)]
    answers = await asyncio.gather(*made, school.ask("DELETE", MINE, who="platform_operator"))

    kinds = [each.kind for each in (await trails(school.database))[SCHOOL]]
    assert 202 == answers[-1].status
    assert "tenant.deletion_begun" == kinds[-1]
    assert [answer.status for answer in answers].count(201) == kinds.count("apikey.created")


async def test_a_district_is_told_nothing_of_a_school_of_its_own(school: School) -> None:
    await school.ask("PUT", f"{MINE}/suspension", who="district_admin")

    assert DISTRICT not in await trails(school.database)


async def until_nothing_is_left(school: School) -> None:
    async with asyncio.timeout(20):
        while SCHOOL in await school.database.read(store.tenants):  # noqa: ASYNC110 - it goes on by itself
            await asyncio.sleep(0.01)
