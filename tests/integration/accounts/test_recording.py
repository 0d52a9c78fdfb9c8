"""Every request that changes something is told to the audit trail once, and no other is; on both databases."""

import asyncio
from pathlib import Path

import pytest

from backend.accounts.audit.acting import AUDIT
from backend.accounts.audit.ids import PLATFORM
from backend.accounts.audit.kinds import KINDS
from backend.accounts.audit.teller import Teller
from backend.accounts.tenants import service as tenants
from backend.accounts.tenants.schemas import NewTenant
from backend.db.unit import Transaction
from bridge.app import create_app
from bridge.keys import ROUTES
from bridge.settings import Settings
from tests.audit.samples import TELLER
from tests.integration.accounts.acts import ACTS, API_KEY, GAME_KEY, NAME, UNRECORDED, Act, Request
from tests.integration.accounts.conftest import PEOPLE, Answered, School
from tests.integration.accounts.trails import Told, added, lines, trails
from tests.ledger.people import DISTRICT, FOREIGN, SCHOOL
from tests.servers.kinds import on_sqlite

MINE = f"/api/v1/tenants/{SCHOOL}"
KEYS = f"{MINE}/api-keys"

each_act = pytest.mark.parametrize("act", ACTS, ids=[act.kind for act in ACTS])


async def send(
    school: School, act: Act, request: Request, *, who: str | None = None, tenant: str | None = None, **headers: str
) -> Answered:
    values = request.values if tenant is None else {**request.values, "tenant_id": tenant}
    sent = {**request.headers, **headers}
    return await school.ask(act.method, act.target(values), request.json, who=who or act.who, **sent)


def test_every_route_that_changes_something_is_recorded_or_says_why_not(tmp_path: Path) -> None:
    routes = create_app(Settings(data_dir=tmp_path))[ROUTES]
    changing = {route.name for route in routes if route.is_mutation or route.own_units}

    assert changing == {act.route for act in ACTS} | UNRECORDED.keys()
    assert all(len(reason.split()) > 3 for reason in UNRECORDED.values())
    assert {act.kind for act in ACTS} <= KINDS.names().keys()


@each_act
async def test_what_was_done_stands_once_in_the_trail_with_who_did_it(school: School, act: Act) -> None:
    request = await act.prepare(school)
    before = await trails(school.database)
    answer = await send(school, act, request)

    assert 200 <= answer.status < 300
    expected = Told(act.kind, ("person", PEOPLE[act.who].id), act.detail(request, answer.json))
    whose = request.values.get("tenant_id") or answer.json["id"]
    wanted = {whose: [expected], **({PLATFORM: [expected]} if act.platform_too else {})}
    assert wanted == added(before, await trails(school.database))


@each_act
async def test_the_same_request_again_is_not_recorded_again(school: School, act: Act) -> None:
    request = await act.prepare(school)
    first = await send(school, act, request, Idempotency_Key="k" * 20)
    before = await trails(school.database)
    again = await send(school, act, request, Idempotency_Key="k" * 20)

    # Of two with the same If-Match the second finds another version, and a secret is not shown again.
    expected = 412 if "If_Match" in request.headers else 200 if "secret_shown" in (first.json or {}) else first.status
    assert 200 <= first.status < 300
    assert expected == again.status
    assert {} == added(before, await trails(school.database))


@on_sqlite
@each_act
async def test_who_may_not_do_it_leaves_no_event(school: School, act: Act) -> None:
    request = await act.prepare(school)
    before = await trails(school.database)
    refused = [await send(school, act, request, who=who) for who in ("pupil", "guardian")]
    if request.values:
        refused.append(await send(school, act, request, who="school_admin", tenant=FOREIGN))

    assert [403, 403, 404][: len(refused)] == [answer.status for answer in refused]
    assert {} == added(before, await trails(school.database))


@on_sqlite
@each_act
async def test_no_name_address_or_text_of_a_key_gets_into_a_trail(school: School, act: Act) -> None:
    request = await act.prepare(school)
    answer = await send(school, act, request)
    kept = (await lines(school.database)).lower()
    secret = (answer.json or {}).get("text") or NAME

    assert act.kind in kept
    for canary in (NAME, secret, secret[-20:], "98765432123", "128.116", "lesson.read", "Europe"):
        assert canary.lower() not in kept


@pytest.mark.parametrize(
    ("method", "target", "json", "who", "status"),
    [
        ("POST", "/api/v1/tenants", {"kind": "school", "name": "x", "parent_id": SCHOOL}, "platform_operator", 400),
        ("POST", KEYS, {**API_KEY, "scopes": ["nonsense"]}, "school_admin", 400),
        ("POST", f"{MINE}/game-keys", {**GAME_KEY, "places": [1, 1]}, "school_admin", 400),
        ("POST", f"{KEYS}/{'7' * 26}/rotations", {}, "school_admin", 404),
        ("DELETE", f"{KEYS}/{'7' * 26}", None, "school_admin", 404),
        ("PUT", f"/api/v1/tenants/{'7' * 26}/suspension", None, "platform_operator", 404),
        ("DELETE", f"/api/v1/tenants/{DISTRICT}", None, "platform_operator", 409),
        ("PATCH", MINE, {"name": "x"}, "school_admin", 412),
        ("PUT", f"{MINE}/limits", {"people": 1}, "platform_operator", 412),
    ],
)
async def test_what_is_refused_leaves_no_event(  # noqa: PLR0917 - the parts of a request
    school: School, method: str, target: str, json: object, who: str, status: int
) -> None:
    refused = await school.ask(method, target, json, who=who, If_Match='"99"')

    assert status == refused.status
    assert {} == await trails(school.database)


async def test_neither_more_keys_than_there_may_be_nor_another_request_under_the_same_key_leaves_an_event(
    school: School,
) -> None:
    seen = await school.ask("GET", MINE)
    await school.ask("PUT", f"{MINE}/limits", {"api_keys": 1}, who="platform_operator", If_Match=seen.headers["ETag"])
    assert 201 == (await school.ask("POST", KEYS, API_KEY, Idempotency_Key="k" * 20)).status
    before = await trails(school.database)
    refused = [
        await school.ask("POST", KEYS, API_KEY),
        await school.ask("POST", KEYS, {**API_KEY, "days": 8}, Idempotency_Key="k" * 20),
    ]

    assert [(409, "limit_reached"), (422, "idempotency_key_reused")] == [(each.status, each.code) for each in refused]
    assert {} == added(before, await trails(school.database))


async def test_a_revoked_key_that_is_to_be_rotated_leaves_no_event(school: School) -> None:
    made = await school.ask("POST", KEYS, API_KEY)
    target = f"{KEYS}/{made.json['api_key']['id']}"
    await school.ask("DELETE", target)
    before = await trails(school.database)

    assert 409 == (await school.ask("POST", f"{target}/rotations", {})).status
    assert {} == added(before, await trails(school.database))


async def test_a_unit_that_fails_after_it_has_told_the_trail_leaves_no_event(school: School) -> None:
    async def unit(tx: Transaction) -> None:
        await tenants.create(tx, TELLER, NewTenant("school", NAME))
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await school.database.write(unit)

    assert {} == await trails(school.database)


async def test_a_unit_whose_event_cannot_be_recorded_changes_nothing(school: School) -> None:
    class Broken(RuntimeError):
        pass

    class NoKeys:
        def current(self) -> object:
            raise Broken

    by = Teller(type(school.app[AUDIT])(NoKeys()), TELLER.actor)  # type: ignore[arg-type]
    with pytest.raises(Broken):
        await school.database.write(lambda tx: tenants.create(tx, by, NewTenant("school", NAME)))

    listed = await school.ask("GET", "/api/v1/tenants", who="platform_operator")
    assert NAME not in repr(listed.json)


async def test_acts_in_several_tenants_at_once_wait_for_each_other_and_all_are_recorded(school: School) -> None:
    """Each of them writes into the trail of its tenant and into the platform's."""
    targets = [f"/api/v1/tenants/{each}/suspension" for each in (SCHOOL, FOREIGN, DISTRICT)]

    async def turn(target: str) -> list[int]:
        asked = [await school.ask(each, target, who="platform_operator") for each in ("PUT", "DELETE") * 5]
        return [answer.status for answer in asked]

    async def found() -> list[int]:
        new = {"kind": "school", "name": NAME}
        return [(await school.ask("POST", "/api/v1/tenants", new, who="platform_operator")).status for _ in range(10)]

    statuses = await asyncio.gather(*map(turn, targets), found())

    assert [[200] * 10] * 3 + [[201] * 10] == statuses
    told = await trails(school.database)
    assert [10, 10, 10] == [len(told[each]) for each in (SCHOOL, FOREIGN, DISTRICT)]
    assert 40 == len(told[PLATFORM])
    # In the trail of the platform the acts in one tenant stand in the order in which they were done.
    of_school = [each.kind for each in told[PLATFORM] if each.detail["tenant"] == SCHOOL]
    assert ["tenant.suspended", "tenant.resumed"] * 5 == of_school
