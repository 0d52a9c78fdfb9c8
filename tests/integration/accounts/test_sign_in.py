"""Signing in and out, as a browser does."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import update

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit.event import Actor
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.words import SystemPart
from backend.accounts.people import store as people
from backend.accounts.signin.models import SigninRow
from backend.db.now import DatabaseNow, now_milliseconds
from backend.db.unit import Transaction
from backend.web.credentials import SIGNIN_COOKIE
from backend.web.keys import RIGHTS
from tests.accounts.house import PASSWORD, House, words_of
from tests.integration.db.waiting import until
from tests.ledger.people import FOREIGN, SCHOOL

ADA = "ada@school.example"


async def change_signins(house: House, **values: Any) -> None:
    async def unit(tx: Transaction) -> None:
        await tx.execute(update(SigninRow).values(**values))
        await house.app[RIGHTS].changed(tx)

    await house.database.write(unit)


async def test_the_right_password_opens_a_sign_in(house: House) -> None:
    await house.add_person(ADA)
    browser = house.browser()

    answered = await browser.sign_in(ADA)

    assert 201 == answered.status
    assert "Firefox on Linux" == answered.json["signin"]["device"]
    assert not answered.json["needs_second_factor"]
    me = await browser.ask("GET", "/api/v1/me")
    assert (200, "Ada Byron", ADA) == (me.status, me.json["name"], me.json["email"])


async def test_its_cookie_is_for_this_host_and_no_script(house: House) -> None:
    await house.add_person(ADA)

    answered = await house.browser().sign_in(ADA)

    line = next(each for each in answered.headers.getall("Set-Cookie") if each.startswith(f"{SIGNIN_COOKIE}="))
    assert re.fullmatch(
        r"__Host-toolboxai=[A-Za-z0-9_-]{43}; Max-Age=43200; Path=/; Secure; HttpOnly; SameSite=Lax", line
    )


@pytest.mark.parametrize("email", ["ADA@School.Example", " ada@school.example "])
async def test_an_address_is_found_however_it_is_typed(house: House, email: str) -> None:
    await house.add_person(ADA)

    assert 201 == (await house.browser().sign_in(email)).status


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (ADA, "another few words that are wrong"),
        ("nobody@school.example", PASSWORD),
        ("no address", PASSWORD),
        (ADA, "tab\tinside of it all"),
        (ADA, "x"),
    ],
)
async def test_whatever_is_wrong_is_told_in_the_same_words(house: House, email: str, password: str) -> None:
    await house.add_person(ADA)
    usual = await house.browser().sign_in(ADA, "these words are surely not right")

    answered = await house.browser().sign_in(email, password)

    assert 401 == answered.status
    told = ("type", "title", "status", "code", "detail")
    assert {name: usual.json.get(name) for name in told} == {name: answered.json.get(name) for name in told}
    assert "Set-Cookie" not in answered.headers


async def test_who_is_suspended_is_told_what_the_wrong_password_is_told(house: House) -> None:
    person = await house.add_person(ADA)
    wrong = await house.browser().sign_in(ADA, "these words are surely not right")
    accounts, rights = house.app[ACCOUNTS], house.app[RIGHTS]
    by = Teller(accounts.trail, Actor.system(SystemPart.COMMAND_LINE))
    await house.database.write(lambda tx: accounts.people.suspend(tx, by, rights, person.id))

    answered = await house.browser().sign_in(ADA)

    assert (wrong.status, wrong.json["detail"]) == (answered.status, answered.json["detail"])


async def test_an_unknown_address_costs_the_hash_that_a_known_one_costs(house: House, monkeypatch: Any) -> None:
    await house.add_person(ADA)
    hashes = house.app[ACCOUNTS].hashes
    worked: list[str] = []

    def counting(name: str) -> Callable[..., Awaitable[Any]]:
        real = getattr(hashes, name)

        async def counted(*given: Any) -> Any:
            worked.append(name)
            return await real(*given)

        return counted

    for name in ("verify", "verify_unknown"):
        monkeypatch.setattr(hashes, name, counting(name))

    await house.browser().sign_in("nobody@school.example")
    await house.browser().sign_in(ADA)
    await house.browser().sign_in(ADA, "tab\tinside of it all")

    assert ["verify_unknown", "verify", "verify_unknown"] == worked


@pytest.mark.parametrize("change", [{"state": "suspended"}, {"password_hash": "another"}], ids=["state", "password"])
async def test_what_changes_while_the_hash_is_computed_counts(
    house: House, monkeypatch: pytest.MonkeyPatch, change: dict[str, str]
) -> None:
    person = await house.add_person(ADA)
    hashes = house.app[ACCOUNTS].hashes
    real = hashes.verify

    async def verify_while_it_changes(*given: Any) -> Any:
        await house.database.write(lambda tx: people.change(tx, person.id, change))
        return await real(*given)

    monkeypatch.setattr(hashes, "verify", verify_while_it_changes)
    browser = house.browser()

    answered = await browser.sign_in(ADA)

    assert (401, "sign_in_refused") == (answered.status, answered.code)
    assert {} == browser.cookies


async def test_tries_that_come_too_fast_have_to_wait(house: House) -> None:
    await house.add_person(ADA)
    for _ in range(5):
        assert 401 == (await house.browser().sign_in(ADA, "these words are surely not right")).status

    answered = await house.browser().sign_in(ADA)

    assert (429, "too_many_tries") == (answered.status, answered.code)
    assert 1 <= int(answered.headers["Retry-After"]) <= 2


async def test_somebody_unknown_waits_as_long(house: House) -> None:
    for _ in range(5):
        await house.browser().sign_in("nobody@school.example")

    assert 429 == (await house.browser().sign_in("nobody@school.example")).status


async def test_a_device_that_is_known_does_not_wait_for_those_who_guess(house: House) -> None:
    await house.add_person(ADA)
    own = house.browser()
    await own.sign_in(ADA)
    for _ in range(6):
        await house.browser().sign_in(ADA, "these words are surely not right")
    assert 429 == (await house.browser().sign_in(ADA)).status

    assert 201 == (await own.sign_in(ADA)).status


async def test_the_device_of_one_account_is_not_known_to_another(house: House) -> None:
    await house.add_person(ADA)
    await house.add_person("eve@school.example", "Eve")
    eves = house.browser()
    await eves.sign_in("eve@school.example")
    eves.cookies.pop(SIGNIN_COOKIE)
    for _ in range(5):
        await eves.sign_in(ADA, "these words are surely not right")

    assert 429 == (await eves.sign_in(ADA)).status


async def test_a_sign_in_gets_a_secret_that_nobody_planted(house: House) -> None:
    await house.add_person(ADA)
    browser = house.browser()
    planted = "A" * 43
    browser.cookies[SIGNIN_COOKIE] = planted

    # A cookie that does not hold is no reason to refuse a sign-in: the route is for everybody.
    assert 201 == (await browser.sign_in(ADA)).status
    assert planted != browser.cookies[SIGNIN_COOKIE]


async def test_a_proof_changes_the_secret_and_ends_the_old_one(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)
    before = dict(browser.cookies)

    stepped = await browser.ask("POST", "/api/v1/signins/current/step-up", {"password": PASSWORD})

    assert 200 == stepped.status
    assert before[SIGNIN_COOKIE] != browser.cookies[SIGNIN_COOKIE]
    old = house.browser()
    old.cookies = before
    assert 401 == (await old.ask("GET", "/api/v1/me")).status
    assert 200 == (await browser.ask("GET", "/api/v1/me")).status


async def test_a_wrong_password_proves_nothing(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)

    refused = await browser.ask("POST", "/api/v1/signins/current/step-up", {"password": "wrong words are these"})

    assert (401, "sign_in_refused") == (refused.status, refused.code)
    assert 403 == (await browser.ask("POST", "/api/v1/me/authenticator")).status


async def test_signing_out_ends_the_sign_in_at_once(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)
    kept = dict(browser.cookies)

    answered = await browser.ask("DELETE", "/api/v1/signins/current")

    assert 204 == answered.status
    assert SIGNIN_COOKIE not in browser.cookies
    assert '"cache", "storage"' == answered.headers["Clear-Site-Data"]
    browser.cookies = kept
    assert 401 == (await browser.ask("GET", "/api/v1/me")).status


async def test_a_sign_in_ends_in_any_case(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)
    await change_signins(house, ends_at=DatabaseNow())

    assert 401 == (await browser.ask("GET", "/api/v1/me")).status


async def test_a_sign_in_that_nobody_uses_ends(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)
    await change_signins(house, seen_at=DatabaseNow() - 31 * 60_000)

    assert 401 == (await browser.ask("GET", "/api/v1/me")).status


async def test_a_sign_in_that_is_used_goes_on(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)
    await change_signins(house, seen_at=DatabaseNow() - 29 * 60_000)

    assert 200 == (await browser.ask("GET", "/api/v1/me")).status
    shown = await browser.ask("GET", "/api/v1/me/signins")
    now = await house.database.read(now_milliseconds)
    assert now - shown.json["signins"][0]["seen_at"] < 60_000


async def test_one_sees_ones_sign_ins_and_ends_another(house: House) -> None:
    await house.add_person(ADA)
    here, there = await house.signed_in(ADA), await house.signed_in(ADA)
    listed = (await here.ask("GET", "/api/v1/me/signins")).json["signins"]
    other = next(each["id"] for each in listed if not each["is_current"])

    assert 2 == len(listed)
    assert 204 == (await here.ask("DELETE", f"/api/v1/me/signins/{other}")).status
    assert 401 == (await there.ask("GET", "/api/v1/me")).status
    assert 200 == (await here.ask("GET", "/api/v1/me")).status


async def test_nobody_ends_the_sign_in_of_somebody_else(house: House) -> None:
    await house.add_person(ADA)
    await house.add_person("eve@school.example", "Eve")
    ada, eve = await house.signed_in(ADA), await house.signed_in("eve@school.example")
    adas = (await ada.ask("GET", "/api/v1/me/signins")).json["signins"][0]["id"]

    assert 204 == (await eve.ask("DELETE", f"/api/v1/me/signins/{adas}")).status
    assert 200 == (await ada.ask("GET", "/api/v1/me")).status


async def test_signing_out_everywhere_else_leaves_this_one(house: House) -> None:
    await house.add_person(ADA)
    here, there = await house.signed_in(ADA), await house.signed_in(ADA)

    assert 204 == (await here.ask("DELETE", "/api/v1/me/signins")).status
    assert 401 == (await there.ask("GET", "/api/v1/me")).status
    assert 200 == (await here.ask("GET", "/api/v1/me")).status


async def test_a_change_from_a_foreign_page_is_refused(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)

    answered = await browser.ask("DELETE", "/api/v1/signins/current", Origin="https://evil.example")

    assert (403, "foreign_origin") == (answered.status, answered.code)
    assert 200 == (await browser.ask("GET", "/api/v1/me")).status


async def test_a_role_acts_at_once_and_so_does_its_end(house: House) -> None:
    person = await house.add_person(ADA)
    browser = await house.signed_in(ADA, second_factor=True)
    place = f"/api/v1/tenants/{SCHOOL}"
    assert 404 == (await browser.ask("GET", place)).status

    await house.give(person, "school_admin", SCHOOL)

    assert 200 == (await browser.ask("GET", place)).status
    assert 404 == (await browser.ask("GET", f"/api/v1/tenants/{FOREIGN}")).status
    await house.database.write(lambda tx: people.change(tx, person.id, {"state": "suspended"}))
    await house.database.write(house.app[RIGHTS].changed)
    assert 401 == (await browser.ask("GET", place)).status


async def test_a_role_that_sees_pupils_gives_nothing_without_a_second_factor(house: House) -> None:
    person = await house.add_person(ADA)
    await house.give(person, "school_admin", SCHOOL)
    browser = await house.signed_in(ADA)

    answered = await browser.ask("GET", f"/api/v1/tenants/{SCHOOL}")

    assert (403, "second_factor_required") == (answered.status, answered.code)


async def test_a_new_device_is_told_of_by_a_letter(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)

    await until(house.letters)
    (letter,) = house.letters()
    assert ADA == letter["To"]
    assert "Firefox on Linux" in words_of(letter)
    await browser.sign_in(ADA)
    assert 1 == len(house.letters())
