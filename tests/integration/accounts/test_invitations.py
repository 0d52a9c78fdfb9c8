"""Asking adults in, and the first account of all."""

import asyncio
import re

import pytest
from sqlalchemy import update

from backend.accounts.signin.models import LinkRow
from backend.db.now import DatabaseNow
from backend.db.unit import Transaction
from tests.accounts.house import PASSWORD, Browser, House, words_of
from tests.integration.db.waiting import until
from tests.ledger.people import DISTRICT, FOREIGN, SCHOOL
from tests.servers.kinds import on_sqlite

ADMIN = "admin@school.example"
NEW = "new@school.example"
INVITATIONS = f"/api/v1/tenants/{SCHOOL}/invitations"
ACCEPTANCE = "/api/v1/invitations/acceptance"
FIRST = "/api/v1/first-administrator"


@pytest.fixture
async def admin(house: House) -> Browser:
    """An administrator of the school, at work."""
    await house.give(await house.add_person(ADMIN, "The Head"), "school_admin", SCHOOL)
    return await house.signed_in(ADMIN, second_factor=True)


async def invited(house: House, admin: Browser, **wanted: object) -> str:
    answered = await admin.ask("POST", INVITATIONS, {"email": NEW, "role": "curriculum_author", **wanted})
    assert 201 == answered.status, answered.text
    return await link_of(house, "invite")


async def link_of(house: House, kind: str) -> str:
    def found() -> list[str]:
        return [
            each for letter in house.letters() for each in re.findall(rf"#(tbx_{kind}_[0-9a-z_]+)", words_of(letter))
        ]

    await until(found)
    return found()[-1]


async def accept(house: House, link: str, **changed: object) -> int:
    told = {"link": link, "name": "Grace", "password": PASSWORD, **changed}
    return (await house.browser().ask("POST", ACCEPTANCE, told)).status


async def test_an_invitation_becomes_an_account_with_its_role(house: House, admin: Browser) -> None:
    link = await invited(house, admin)

    assert 201 == await accept(house, link)

    browser = await house.signed_in(NEW)
    me = (await browser.ask("GET", "/api/v1/me")).json
    assert "Grace" == me["name"]
    assert ["lesson.publish"] == [each for each in me["tenants"][0]["permissions"] if each == "lesson.publish"]
    people = (await admin.ask("GET", f"/api/v1/tenants/{SCHOOL}/people")).json["people"]
    assert [ADMIN, NEW] == [each["email"] for each in people]
    listed = (await admin.ask("GET", INVITATIONS)).json["invitations"]
    assert [("accepted", "")] == [(each["state"], each["email"]) for each in listed]


async def test_the_letter_names_who_invites_and_goes_to_that_address(house: House, admin: Browser) -> None:
    await invited(house, admin)

    letter = next(each for each in house.letters() if "invites you" in each["Subject"])
    assert NEW == letter["To"]
    assert "The Head invites you" in words_of(letter)


async def test_it_works_once(house: House, admin: Browser) -> None:
    link = await invited(house, admin)
    answered = await asyncio.gather(*(accept(house, link) for _ in range(3)))

    assert [201, 410, 410] == sorted(answered)


async def test_it_ends_by_its_date(house: House, admin: Browser) -> None:
    link = await invited(house, admin)

    async def unit(tx: Transaction) -> None:
        await tx.execute(update(LinkRow).where(LinkRow.kind == "invite").values(ends_at=DatabaseNow()))

    await house.database.write(unit)

    assert 410 == await accept(house, link)


async def test_one_that_is_taken_back_opens_nothing(house: House, admin: Browser) -> None:
    link = await invited(house, admin)
    invitation = (await admin.ask("GET", INVITATIONS)).json["invitations"][0]["id"]

    assert 204 == (await admin.ask("DELETE", f"{INVITATIONS}/{invitation}")).status
    assert 410 == await accept(house, link)


async def test_who_has_an_account_takes_it_signed_in(house: House, admin: Browser) -> None:
    await house.add_person(NEW, "Grace")
    link = await invited(house, admin)
    browser = await house.signed_in(NEW)

    assert 409 == await accept(house, link)
    taken = await browser.ask("POST", "/api/v1/me/invitations", {"link": link})
    assert (201, SCHOOL) == (taken.status, taken.json["tenant_id"])
    assert 410 == (await browser.ask("POST", "/api/v1/me/invitations", {"link": link})).status


async def test_nobody_takes_the_invitation_of_another_address(house: House, admin: Browser) -> None:
    await house.add_person("eve@school.example", "Eve")
    link = await invited(house, admin)
    eve = await house.signed_in("eve@school.example")

    assert 403 == (await eve.ask("POST", "/api/v1/me/invitations", {"link": link})).status
    assert 201 == await accept(house, link)


@on_sqlite
@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ({"role": "platform_operator"}, "/body/role"),
        ({"role": "district_admin"}, "/body/role"),
        ({"role": "pupil"}, "/body/role"),
        ({"role": "no_role"}, "/body/role"),
        ({"role": "assistant", "class_id": "c1".rjust(26, "0")}, "/body/until"),
        ({"role": "school_admin", "class_id": "c1".rjust(26, "0")}, "/body/class_id"),
        ({"role": "school_admin", "until": 1}, "/body/until"),
        ({"role": "school_admin", "email": "no address"}, "/body/email"),
    ],
)
async def test_a_role_that_does_not_fit_its_place_is_refused_by_name(
    admin: Browser, wanted: dict[str, object], path: str
) -> None:
    answered = await admin.ask("POST", INVITATIONS, {"email": NEW, **wanted})

    assert 400 == answered.status
    assert [path] == [each["path"] for each in answered.json["errors"]]


async def test_nobody_invites_into_a_foreign_school(admin: Browser) -> None:
    for tenant in (FOREIGN, DISTRICT):
        path = f"/api/v1/tenants/{tenant}/invitations"
        assert 404 == (await admin.ask("POST", path, {"email": NEW, "role": "school_admin"})).status
        assert 404 == (await admin.ask("GET", path)).status


async def test_a_password_that_may_not_be_chosen_does_not_cost_the_link(house: House, admin: Browser) -> None:
    link = await invited(house, admin)

    assert 400 == await accept(house, link, password="short")
    assert 201 == await accept(house, link)


async def test_the_first_administrator_comes_in_by_a_link(house: House) -> None:
    link = await house.first_link()
    told = {"link": link, "email": ADMIN, "name": "Ada", "password": PASSWORD}

    made = await house.browser().ask("POST", FIRST, told)

    assert 201 == made.status
    browser = await house.signed_in(ADMIN, second_factor=True)
    assert 200 == (await browser.ask("GET", "/api/v1/tenants")).status
    assert 410 == (await house.browser().ask("POST", FIRST, {**told, "email": NEW})).status


async def test_there_is_one_first_administrator(house: House) -> None:
    link = await house.first_link()
    await house.make_operator(await house.add_person(ADMIN))

    told = {"link": link, "email": NEW, "name": "Eve", "password": PASSWORD}
    refused = await house.browser().ask("POST", FIRST, told)

    assert (410, "link_refused") == (refused.status, refused.code)
    assert 401 == (await house.browser().sign_in(NEW)).status
