"""The adults of a tenant, and what they hold."""

import asyncio

import pytest

from backend.accounts.tenants import service as tenants
from backend.accounts.tenants.limits import Limits
from backend.errors import LimitReached
from backend.web.keys import RIGHTS
from tests.accounts.house import Browser, House, words_of
from tests.audit.samples import TELLER
from tests.integration.db.waiting import until
from tests.ledger.people import CLASS, DISTRICT, FOREIGN, SCHOOL

ADMIN = "admin@school.example"
ADA = "ada@school.example"
SCHOOL_PATH = f"/api/v1/tenants/{SCHOOL}"
GRANTS = f"{SCHOOL_PATH}/grants"


@pytest.fixture
async def admin(house: House) -> Browser:
    """An administrator of the school who has just proved who they are."""
    await house.give(await house.add_person(ADMIN, "The Head"), "school_admin", SCHOOL)
    browser = await house.signed_in(ADMIN)
    _, codes = await house.enrol(browser)
    stepped = {"password": "several unrelated words stand here", "code": codes[0]}
    assert 200 == (await browser.ask("POST", "/api/v1/signins/current/step-up", stepped)).status
    return browser


async def member(house: House, email: str = ADA, role: str = "curriculum_author") -> str:
    person = await house.add_person(email)
    await house.give(person, role, SCHOOL)
    return person.id


async def my_id(browser: Browser) -> str:
    return str((await browser.ask("GET", "/api/v1/me")).json["id"])


async def test_a_role_is_given_and_withdrawn(house: House, admin: Browser) -> None:
    person_id = await member(house)
    ada = await house.signed_in(ADA, second_factor=True)

    given = await admin.ask("POST", GRANTS, {"person_id": person_id, "role": "privacy_officer"})

    assert 201 == given.status
    assert 200 == (await ada.ask("GET", SCHOOL_PATH)).status
    assert 204 == (await admin.ask("DELETE", f"{GRANTS}/{given.json['id']}")).status
    assert 403 == (await ada.ask("GET", SCHOOL_PATH)).status


async def test_nobody_gives_themselves_a_role(admin: Browser) -> None:
    own = {"person_id": await my_id(admin), "role": "privacy_officer"}

    assert 403 == (await admin.ask("POST", GRANTS, own)).status


async def test_a_role_is_given_to_members_alone(house: House, admin: Browser) -> None:
    stranger = await house.add_person(ADA)

    answered = await admin.ask("POST", GRANTS, {"person_id": stranger.id, "role": "teacher"})

    assert 404 == answered.status


async def test_one_role_is_held_once_in_a_place(house: House, admin: Browser) -> None:
    wanted = {"person_id": await member(house), "role": "teacher", "class_id": CLASS}

    assert 201 == (await admin.ask("POST", GRANTS, wanted)).status
    assert 409 == (await admin.ask("POST", GRANTS, wanted)).status
    assert 201 == (await admin.ask("POST", GRANTS, {**wanted, "class_id": None})).status


async def test_the_last_administrator_stays(house: House, admin: Browser) -> None:
    listed = (await admin.ask("GET", GRANTS)).json["grants"]
    (own,) = [each["id"] for each in listed if each["role"] == "school_admin"]

    assert 409 == (await admin.ask("DELETE", f"{GRANTS}/{own}")).status
    assert 409 == (await admin.ask("PUT", f"{SCHOOL_PATH}/people/{await my_id(admin)}/suspension")).status
    await admin.ask("POST", GRANTS, {"person_id": await member(house), "role": "school_admin"})
    assert 204 == (await admin.ask("DELETE", f"{GRANTS}/{own}")).status


async def test_of_two_last_administrators_who_leave_at_once_one_stays(house: House, admin: Browser) -> None:
    await admin.ask("POST", GRANTS, {"person_id": await member(house), "role": "school_admin"})
    listed = (await admin.ask("GET", GRANTS)).json["grants"]
    both = [each["id"] for each in listed if each["role"] == "school_admin"]

    answered = await asyncio.gather(*(admin.ask("DELETE", f"{GRANTS}/{each}") for each in both))

    # Whoever withdrew their own first may not do the other any more.
    assert 1 == [each.status for each in answered].count(204)


async def test_who_is_suspended_holds_nothing_here(house: House, admin: Browser) -> None:
    person_id = await member(house, role="privacy_officer")
    ada = await house.signed_in(ADA, second_factor=True)
    suspension = f"{SCHOOL_PATH}/people/{person_id}/suspension"

    suspended = await admin.ask("PUT", suspension)

    assert suspended.json["suspended_at"] is not None
    assert 404 == (await ada.ask("GET", SCHOOL_PATH)).status
    assert 200 == (await ada.ask("GET", "/api/v1/me")).status
    assert (await admin.ask("DELETE", suspension)).json["suspended_at"] is None
    assert 200 == (await ada.ask("GET", SCHOOL_PATH)).status


async def test_in_a_suspended_tenant_nobody_holds_anything(house: House, admin: Browser) -> None:
    assert 200 == (await admin.ask("GET", SCHOOL_PATH)).status

    await house.database.write(lambda tx: tenants.suspend(tx, TELLER, house.app[RIGHTS], SCHOOL), tenant=SCHOOL)

    assert 404 == (await admin.ask("GET", SCHOOL_PATH)).status
    assert 200 == (await admin.ask("GET", "/api/v1/me")).status


async def test_a_name_is_corrected_by_their_only_school(house: House, admin: Browser) -> None:
    person_id = await member(house)
    person = f"{SCHOOL_PATH}/people/{person_id}"

    assert "Augusta" == (await admin.ask("PATCH", person, {"name": "Augusta"})).json["name"]
    stored = await house.add_person("both@school.example", "Both")
    await house.give(stored, "curriculum_author", SCHOOL)
    await house.give(stored, "curriculum_author", FOREIGN)
    other = f"{SCHOOL_PATH}/people/{stored.id}"
    assert 409 == (await admin.ask("PATCH", other, {"name": "X"})).status
    assert 409 == (await admin.ask("DELETE", f"{other}/authenticator")).status


async def test_people_of_other_tenants_are_not_there(house: House, admin: Browser) -> None:
    stored = await house.add_person(ADA)
    await house.give(stored, "curriculum_author", FOREIGN)
    person = f"{SCHOOL_PATH}/people/{stored.id}"

    for method, path, json in (
        ("GET", person, None),
        ("PATCH", person, {"name": "X"}),
        ("PUT", f"{person}/suspension", None),
        ("DELETE", f"{person}/suspension", None),
        ("POST", f"{person}/password-resets", None),
        ("DELETE", f"{person}/authenticator", None),
        ("GET", f"{person}/signins", None),
        ("DELETE", f"{person}/signins", None),
    ):
        assert 404 == (await admin.ask(method, path, json)).status, (method, path)
    assert [ADMIN] == [each["email"] for each in (await admin.ask("GET", f"{SCHOOL_PATH}/people")).json["people"]]


async def test_who_has_lost_the_authenticator_is_helped(house: House, admin: Browser) -> None:
    person_id = await member(house)
    ada = await house.signed_in(ADA, second_factor=True)

    assert 204 == (await admin.ask("DELETE", f"{SCHOOL_PATH}/people/{person_id}/authenticator")).status
    assert 401 == (await ada.ask("GET", "/api/v1/me")).status
    assert not (await house.browser().sign_in(ADA)).json["needs_second_factor"]


async def test_sign_ins_of_others_are_seen_and_ended(house: House, admin: Browser) -> None:
    person_id = await member(house)
    ada = await house.signed_in(ADA)
    signins = f"{SCHOOL_PATH}/people/{person_id}/signins"

    listed = (await admin.ask("GET", signins)).json["signins"]

    assert ["Firefox on Linux"] == [each["device"] for each in listed]
    assert 204 == (await admin.ask("DELETE", signins)).status
    assert 401 == (await ada.ask("GET", "/api/v1/me")).status


async def test_an_administrator_of_the_district_covers_its_schools(house: House) -> None:
    await house.give(await house.add_person(ADA), "district_admin", DISTRICT)
    ada = await house.signed_in(ADA, second_factor=True)

    assert 200 == (await ada.ask("GET", f"{SCHOOL_PATH}/people")).status
    assert 404 == (await ada.ask("GET", f"/api/v1/tenants/{FOREIGN}/people")).status


async def test_as_many_people_as_a_tenant_may_have(house: House) -> None:
    await house.database.write(lambda tx: tenants.set_limits(tx, TELLER, SCHOOL, Limits(people=1), 1), tenant=SCHOOL)
    await member(house)

    with pytest.raises(LimitReached):
        await member(house, "second@school.example")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [("api-keys", {"name": "Timetable", "scopes": ["class.read"]}), ("game-keys", {"name": "Lab", "universes": [1]})],
)
async def test_who_makes_a_key_is_told_of_it_by_letter(
    house: House, admin: Browser, path: str, wanted: dict[str, object]
) -> None:
    made = await admin.ask("POST", f"{SCHOOL_PATH}/{path}", wanted)
    assert 201 == made.status

    await until(lambda: [each for each in house.letters() if "key was made" in each["Subject"]])
    (letter,) = [each for each in house.letters() if "key was made" in each["Subject"]]
    assert ADMIN == letter["To"]
    assert str(wanted["name"]) in words_of(letter)
    assert made.json["text"] not in words_of(letter)
