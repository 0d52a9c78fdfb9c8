"""An operator takes a role in a tenant for a while, and everybody there is told."""

import pytest
from sqlalchemy import update

from backend.accounts.people.models import GrantRow
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from backend.web.keys import RIGHTS
from tests.accounts.house import PASSWORD, Browser, House, words_of
from tests.integration.db.waiting import until
from tests.ledger.people import DISTRICT, FOREIGN, SCHOOL
from tests.servers.kinds import on_sqlite

OPERATOR = "operator@platform.example"
HEAD = "head@school.example"
GLASS = f"/api/v1/tenants/{SCHOOL}/break-glass"
PEOPLE = f"/api/v1/tenants/{SCHOOL}/people"
WANTED = {"reason": "support", "role": "school_admin", "minutes": 30}


@pytest.fixture
async def operator(house: House) -> Browser:
    """Somebody who operates the platform and has just proved who they are."""
    await house.make_operator(await house.add_person(OPERATOR, "Olive"))
    browser = await house.signed_in(OPERATOR)
    _, codes = await house.enrol(browser)
    stepped = {"password": PASSWORD, "code": codes[0]}
    assert 200 == (await browser.ask("POST", "/api/v1/signins/current/step-up", stepped)).status
    return browser


async def test_without_it_an_operator_sees_nobody(operator: Browser) -> None:
    assert 403 == (await operator.ask("GET", PEOPLE)).status


async def test_with_it_they_do_in_that_tenant_alone(operator: Browser) -> None:
    opened = await operator.ask("POST", GLASS, WANTED)

    assert (201, "school_admin") == (opened.status, opened.json["role"])
    assert 200 == (await operator.ask("GET", PEOPLE)).status
    for tenant in (FOREIGN, DISTRICT):
        assert 403 == (await operator.ask("GET", f"/api/v1/tenants/{tenant}/people")).status


async def test_it_ends_at_once_when_it_is_given_up(operator: Browser) -> None:
    await operator.ask("POST", GLASS, WANTED)

    assert 204 == (await operator.ask("DELETE", GLASS)).status
    assert 403 == (await operator.ask("GET", PEOPLE)).status
    assert 204 == (await operator.ask("DELETE", GLASS)).status


async def test_it_ends_by_itself(house: House, operator: Browser) -> None:
    await operator.ask("POST", GLASS, WANTED)

    async def pass_the_time(tx: Transaction) -> None:
        await tx.execute(update(GrantRow).where(GrantRow.tenant_id == SCHOOL).values(until=DatabaseNow()))
        await house.app[RIGHTS].changed(tx)

    await house.database.write(pass_the_time, tenant=SCHOOL)

    assert 403 == (await operator.ask("GET", PEOPLE)).status
    assert 201 == (await operator.ask("POST", GLASS, WANTED)).status


async def test_one_is_taken_at_a_time(operator: Browser) -> None:
    await operator.ask("POST", GLASS, WANTED)

    assert 409 == (await operator.ask("POST", GLASS, {**WANTED, "role": "privacy_officer"})).status


async def test_who_was_a_guest_is_none_afterwards(house: House, operator: Browser) -> None:
    await house.give(await house.add_person(HEAD, "The Head"), "school_admin", SCHOOL)
    head = await house.signed_in(HEAD, second_factor=True)
    await operator.ask("POST", GLASS, WANTED)
    during = [each["email"] for each in (await head.ask("GET", PEOPLE)).json["people"]]
    await operator.ask("DELETE", GLASS)
    after = [each["email"] for each in (await head.ask("GET", PEOPLE)).json["people"]]

    assert {HEAD, OPERATOR} == set(during)
    assert [HEAD] == after


async def test_the_administrators_are_told_by_letter(house: House, operator: Browser) -> None:
    await house.give(await house.add_person(HEAD, "The Head"), "school_admin", SCHOOL)
    await house.give(await house.add_person("author@school.example"), "curriculum_author", SCHOOL)
    await operator.ask("POST", GLASS, WANTED)

    await until(lambda: [each for each in house.letters() if "took a role" in each["Subject"]])
    (letter,) = [each for each in house.letters() if "took a role" in each["Subject"]]
    assert HEAD == letter["To"]
    assert "Olive" in words_of(letter)
    assert "support" in words_of(letter)


@on_sqlite
@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"role": "platform_operator"}, "/body/role"),
        ({"role": "district_admin"}, "/body/role"),
        ({"reason": "curiosity"}, "/body/reason"),
        ({"minutes": 4}, "/body/minutes"),
        ({"minutes": 241}, "/body/minutes"),
    ],
)
async def test_what_does_not_fit_is_refused_by_name(operator: Browser, changed: dict[str, object], path: str) -> None:
    refused = await operator.ask("POST", GLASS, {**WANTED, **changed})

    assert 400 == refused.status
    assert [path] == [each["path"] for each in refused.json["errors"]]


async def test_nobody_else_breaks_it(house: House) -> None:
    await house.give(await house.add_person(HEAD, "The Head"), "school_admin", SCHOOL)
    head = await house.signed_in(HEAD, second_factor=True)

    assert 403 == (await head.ask("POST", GLASS, WANTED)).status
