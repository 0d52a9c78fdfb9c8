"""The second factor of an account."""

import asyncio

from backend.secret import Secret
from tests.accounts.house import PASSWORD, Answered, House, words_of
from tests.integration.db.waiting import until
from tests.ledger.people import SCHOOL

ADA = "ada@school.example"
SECOND = "/api/v1/signins/current/second-factor"
STEP_UP = "/api/v1/signins/current/step-up"


async def test_a_sign_in_of_an_account_with_one_is_half_until_it_is_shown(house: House) -> None:
    await house.give(await house.add_person(ADA), "school_admin", SCHOOL)
    secret, _ = await house.enrol(await house.signed_in(ADA))
    browser = house.browser()

    answered = await browser.sign_in(ADA)

    assert answered.json["needs_second_factor"]
    assert (await browser.ask("GET", "/api/v1/me")).json["needs_second_factor"]
    for method, path, json in (
        ("GET", f"/api/v1/tenants/{SCHOOL}", None),
        ("GET", "/api/v1/me/signins", None),
        ("POST", STEP_UP, {"password": PASSWORD}),
        ("PUT", "/api/v1/me/password", {"password": PASSWORD, "new_password": "other unrelated words go here"}),
        ("DELETE", "/api/v1/me/signins", None),
    ):
        refused = await browser.ask(method, path, json)
        assert (403, "second_factor_required") == (refused.status, refused.code), path
    shown = await browser.ask("POST", SECOND, {"code": await house.code(secret, steps=1)})
    assert 200 == shown.status
    assert 200 == (await browser.ask("GET", f"/api/v1/tenants/{SCHOOL}")).status


async def test_a_code_is_good_once(house: House) -> None:
    await house.add_person(ADA)
    secret, _ = await house.enrol(await house.signed_in(ADA))
    first, second = house.browser(), house.browser()
    await first.sign_in(ADA)
    await second.sign_in(ADA)
    code = await house.code(secret, steps=1)

    assert 200 == (await first.ask("POST", SECOND, {"code": code})).status
    assert (401, "sign_in_refused") == _told(await second.ask("POST", SECOND, {"code": code}))


async def test_of_two_with_one_code_at_once_one_gets_in(house: House) -> None:
    await house.add_person(ADA)
    secret, _ = await house.enrol(await house.signed_in(ADA))
    browsers = [house.browser() for _ in range(4)]
    for browser in browsers:
        await browser.sign_in(ADA)
    code = await house.code(secret, steps=1)

    answered = await asyncio.gather(*(browser.ask("POST", SECOND, {"code": code}) for browser in browsers))

    assert [200, 401, 401, 401] == sorted(each.status for each in answered)


async def test_the_code_that_set_it_up_is_used_up(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)
    await browser.ask("POST", STEP_UP, {"password": PASSWORD})
    begun = await browser.ask("POST", "/api/v1/me/authenticator")
    code = await house.code(Secret(begun.json["secret"]))
    assert 200 == (await browser.ask("PUT", "/api/v1/me/authenticator", {"code": code})).status
    other = house.browser()
    await other.sign_in(ADA)

    assert 401 == (await other.ask("POST", SECOND, {"code": code})).status


async def test_a_recovery_code_stands_in_once(house: House) -> None:
    await house.add_person(ADA)
    _, codes = await house.enrol(await house.signed_in(ADA))
    first, second = house.browser(), house.browser()
    await first.sign_in(ADA)
    await second.sign_in(ADA)

    assert 10 == len(codes)
    assert 200 == (await first.ask("POST", SECOND, {"code": codes[0].lower()})).status
    assert 401 == (await second.ask("POST", SECOND, {"code": codes[0]})).status
    assert 200 == (await second.ask("POST", SECOND, {"code": codes[1]})).status


async def test_the_code_of_another_account_opens_nothing(house: House) -> None:
    await house.add_person(ADA)
    await house.add_person("eve@school.example", "Eve")
    _, adas = await house.enrol(await house.signed_in(ADA))
    await house.enrol(await house.signed_in("eve@school.example"))
    eve = house.browser()
    await eve.sign_in("eve@school.example")

    assert 401 == (await eve.ask("POST", SECOND, {"code": adas[0]})).status


async def test_guessing_codes_is_slowed_down(house: House) -> None:
    await house.add_person(ADA)
    secret, _ = await house.enrol(await house.signed_in(ADA))
    browser = house.browser()
    await browser.sign_in(ADA)
    for _ in range(5):
        assert 401 == (await browser.ask("POST", SECOND, {"code": "000000"})).status

    refused = await browser.ask("POST", SECOND, {"code": await house.code(secret, steps=1)})

    assert (429, "too_many_tries") == _told(refused)


async def test_setting_one_up_needs_a_fresh_proof(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)

    assert (403, "step_up_required") == _told(await browser.ask("POST", "/api/v1/me/authenticator"))


async def test_a_wrong_code_does_not_switch_it_on(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA, step_up=True)
    await browser.ask("POST", "/api/v1/me/authenticator")

    assert 401 == (await browser.ask("PUT", "/api/v1/me/authenticator", {"code": "000000"})).status
    assert not (await house.browser().sign_in(ADA)).json["needs_second_factor"]


async def test_switching_it_on_ends_the_sign_ins_without_it(house: House) -> None:
    await house.add_person(ADA)
    other, browser = await house.signed_in(ADA), await house.signed_in(ADA)

    await house.enrol(browser)

    assert 401 == (await other.ask("GET", "/api/v1/me")).status
    assert 200 == (await browser.ask("GET", "/api/v1/me/signins")).status


async def test_a_step_up_needs_the_code_too(house: House) -> None:
    await house.add_person(ADA)
    secret, _ = await house.enrol(browser := await house.signed_in(ADA))

    assert 400 == (await browser.ask("POST", STEP_UP, {"password": PASSWORD})).status
    wrong = await browser.ask("POST", STEP_UP, {"password": PASSWORD, "code": "000000"})
    assert (401, "sign_in_refused") == _told(wrong)
    right = {"password": PASSWORD, "code": await house.code(secret, steps=1)}
    assert 200 == (await browser.ask("POST", STEP_UP, right)).status


async def test_removing_it_takes_what_needs_one(house: House) -> None:
    await house.give(await house.add_person(ADA), "school_admin", SCHOOL)
    _, codes = await house.enrol(await house.signed_in(ADA))
    browser = house.browser()
    await browser.sign_in(ADA)
    await browser.ask("POST", SECOND, {"code": codes[0]})
    assert (403, "step_up_required") == _told(await browser.ask("DELETE", "/api/v1/me/authenticator"))
    await browser.ask("POST", STEP_UP, {"password": PASSWORD, "code": codes[1]})

    assert 204 == (await browser.ask("DELETE", "/api/v1/me/authenticator")).status

    again = house.browser()
    assert not (await again.sign_in(ADA)).json["needs_second_factor"]
    assert 403 == (await again.ask("GET", f"/api/v1/tenants/{SCHOOL}")).status


async def test_new_recovery_codes_end_the_old_ones(house: House) -> None:
    await house.add_person(ADA)
    _, old = await house.enrol(browser := await house.signed_in(ADA))
    spent = {"password": PASSWORD, "code": old[0]}
    assert 200 == (await browser.ask("POST", STEP_UP, spent)).status

    made = await browser.ask("POST", "/api/v1/me/recovery-codes")

    other = house.browser()
    await other.sign_in(ADA)
    assert 201 == made.status
    assert 401 == (await other.ask("POST", SECOND, {"code": old[1]})).status
    assert 200 == (await other.ask("POST", SECOND, {"code": made.json["recovery_codes"][0]})).status


async def test_its_owner_is_told_of_each_change(house: House) -> None:
    await house.add_person(ADA)
    await house.enrol(await house.signed_in(ADA))

    await until(lambda: 2 == len(house.letters()))
    told = words_of(house.letters()[1])
    assert "was switched on" in told


def _told(answered: Answered) -> tuple[int, str | None]:
    return answered.status, answered.code
