"""Choosing a password, and choosing another one."""

import asyncio
import re

import pytest

from backend.accounts.keys.text_form import Kind
from backend.accounts.signin.links import service as links
from tests.accounts.house import PASSWORD, House, words_of
from tests.integration.db.waiting import until

ADA = "ada@school.example"
OTHER = "quite another row of plain words"
RESETS = "/api/v1/password-resets"
COMPLETION = f"{RESETS}/completion"


async def link_from_letter(house: House) -> str:
    await until(lambda: any("#tbx_reset_" in words_of(each) for each in house.letters()))
    # Letters of sign-ins may come before it and after it.
    text = "\n".join(map(words_of, house.letters()))
    return str(re.findall(r"#(tbx_reset_[0-9a-z_]+)", text)[-1])


async def test_another_password_ends_the_other_sign_ins(house: House) -> None:
    await house.add_person(ADA)
    here, there = await house.signed_in(ADA), await house.signed_in(ADA)

    changed = await here.ask("PUT", "/api/v1/me/password", {"password": PASSWORD, "new_password": OTHER})

    assert 204 == changed.status
    assert 200 == (await here.ask("GET", "/api/v1/me")).status
    assert 401 == (await there.ask("GET", "/api/v1/me")).status
    assert 401 == (await house.browser().sign_in(ADA)).status
    assert 201 == (await house.browser().sign_in(ADA, OTHER)).status


async def test_it_needs_the_one_before_it(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)

    refused = await browser.ask("PUT", "/api/v1/me/password", {"password": OTHER, "new_password": OTHER})

    assert (401, "sign_in_refused") == (refused.status, refused.code)
    assert 201 == (await house.browser().sign_in(ADA)).status


@pytest.mark.parametrize(
    "bad", ["short words", "correct horse" * 20, "password password", "adabyron school", "aaaaaaaaaaaaaaaa"]
)
async def test_one_that_others_would_guess_is_refused_by_name(house: House, bad: str) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)

    refused = await browser.ask("PUT", "/api/v1/me/password", {"password": PASSWORD, "new_password": bad})

    assert 400 == refused.status
    assert ["/body/new_password"] == [each["path"] for each in refused.json["errors"]]
    assert bad not in refused.text


async def test_a_link_is_sent_and_works_once(house: House) -> None:
    await house.add_person(ADA)
    signed_in = await house.signed_in(ADA)
    asked = await house.browser().ask("POST", RESETS, {"email": "ADA@school.example"})
    link = await link_from_letter(house)

    first = await house.browser().ask("POST", COMPLETION, {"link": link, "password": OTHER})
    second = await house.browser().ask("POST", COMPLETION, {"link": link, "password": PASSWORD})

    assert (202, 204) == (asked.status, first.status)
    assert (410, "link_refused") == (second.status, second.code)
    assert 401 == (await signed_in.ask("GET", "/api/v1/me")).status
    assert 201 == (await house.browser().sign_in(ADA, OTHER)).status


async def test_an_address_that_nobody_has_is_answered_alike(house: House) -> None:
    await house.add_person(ADA)
    known = await house.browser().ask("POST", RESETS, {"email": ADA})
    unknown = await house.browser().ask("POST", RESETS, {"email": "nobody@school.example"})
    none = await house.browser().ask("POST", RESETS, {"email": "no address"})

    assert {(202, "")} == {(each.status, each.text) for each in (known, unknown, none)}


async def test_a_password_that_may_not_be_chosen_does_not_cost_the_link(house: House) -> None:
    await house.add_person(ADA)
    await house.browser().ask("POST", RESETS, {"email": ADA})
    link = await link_from_letter(house)

    assert 400 == (await house.browser().ask("POST", COMPLETION, {"link": link, "password": "short"})).status
    assert 204 == (await house.browser().ask("POST", COMPLETION, {"link": link, "password": OTHER})).status


async def test_of_two_who_use_a_link_at_once_one_does(house: House) -> None:
    await house.add_person(ADA)
    await house.browser().ask("POST", RESETS, {"email": ADA})
    link = await link_from_letter(house)

    answered = await asyncio.gather(
        *(house.browser().ask("POST", COMPLETION, {"link": link, "password": OTHER}) for _ in range(3))
    )

    assert [204, 410, 410] == sorted(each.status for each in answered)


async def test_a_new_link_ends_the_one_before_it(house: House) -> None:
    person = await house.add_person(ADA)
    old = await house.database.write(lambda tx: links.make(tx, Kind.RESET, subject_id=person.id))
    await house.database.write(lambda tx: links.make(tx, Kind.RESET, subject_id=person.id))

    refused = await house.browser().ask("POST", COMPLETION, {"link": old.text.reveal(), "password": OTHER})

    assert 410 == refused.status


@pytest.mark.parametrize("kind", [Kind.FIRST, Kind.INVITE])
async def test_a_link_for_something_else_chooses_no_password(house: House, kind: Kind) -> None:
    person = await house.add_person(ADA)
    other = await house.database.write(lambda tx: links.make(tx, kind, subject_id=person.id))

    refused = await house.browser().ask("POST", COMPLETION, {"link": other.text.reveal(), "password": OTHER})

    assert 410 == refused.status
    assert 201 == (await house.browser().sign_in(ADA)).status


async def test_a_reset_does_not_pass_the_second_factor(house: House) -> None:
    await house.add_person(ADA)
    await house.enrol(await house.signed_in(ADA))
    await house.browser().ask("POST", RESETS, {"email": ADA})
    link = await link_from_letter(house)
    await house.browser().ask("POST", COMPLETION, {"link": link, "password": OTHER})
    browser = house.browser()

    assert (await browser.sign_in(ADA, OTHER)).json["needs_second_factor"]
    assert 403 == (await browser.ask("GET", "/api/v1/me/signins")).status


async def test_asking_for_links_over_and_over_is_slowed_down(house: House) -> None:
    await house.add_person(ADA)
    statuses = [(await house.browser().ask("POST", RESETS, {"email": ADA})).status for _ in range(7)]

    assert [202] * 5 == statuses[:5]
    assert 429 == statuses[-1]
