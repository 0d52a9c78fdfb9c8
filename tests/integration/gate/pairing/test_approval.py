"""The person's side of pairing: look at what asks, let it in or refuse it; on both databases."""

import pytest
from sqlalchemy import func, select, update

from backend.accounts.signin.models import SigninTriesRow
from backend.accounts.tenants import store as tenants
from backend.db.unit import Transaction
from backend.errors import Conflict
from bridge.gate.devices.models import DeviceRow
from bridge.gate.pairing.codes import ALPHABET
from bridge.gate.principal import Scope
from tests.accounts.house import Browser
from tests.audit.samples import TELLER
from tests.integration.accounts.trails import trails
from tests.integration.gate.pairing.conftest import LAPTOP, MINE, GateHouse, approve, deny, let_in, look_up
from tests.ledger.people import FOREIGN, SCHOOL

FOREIGN_PLACE = f"/api/v1/tenants/{FOREIGN}"
NOBODYS = "7" * 26


async def devices_of(house: GateHouse, tenant_id: str = SCHOOL) -> int:
    async def unit(tx: Transaction) -> int:
        statement = select(func.count()).select_from(DeviceRow).where(DeviceRow.tenant_id == tenant_id)
        return int((await tx.execute(statement)).scalar_one())

    return await house.database.read(unit, tenant=tenant_id)


async def rested(house: GateHouse) -> None:
    """Let the waits for codes that were typed be over."""

    async def unit(tx: Transaction) -> None:
        await tx.execute(update(SigninTriesRow).values(last_seconds=SigninTriesRow.last_seconds - 1000))

    await house.database.write(unit)


def wrong_codes(count: int) -> list[str]:
    return [f"BBBB-BBB{ALPHABET[number]}" for number in range(count)]


async def test_a_person_sees_what_asks(house: GateHouse) -> None:
    asked = await house.pair()
    author = await house.author()
    found = await look_up(author, asked["user_code"])

    assert 200 == found.status
    assert LAPTOP == {name: found.json[name] for name in LAPTOP}
    assert ("pending", 600_000) == (found.json["state"], found.json["ends_at"] - found.json["asked_at"])


@pytest.mark.parametrize("form", ["{0}{1}", "{0} {1}", " {0}-{1} ", "-{0}--{1}"])
async def test_a_code_is_read_as_people_type_it(house: GateHouse, form: str) -> None:
    asked = await house.pair()
    author = await house.author()

    assert 200 == (await look_up(author, form.format(*asked["user_code"].lower().split("-")))).status


async def test_what_is_no_code_is_answered_as_one_that_never_was(house: GateHouse) -> None:
    await house.pair()
    author = await house.author()
    answers = [await look_up(author, code) for code in ("BBBB-BBBB", "AAAA-AAAA", "x", "\uff22BBB-BBBB")]

    assert [(404, "not_found")] * 4 == [(each.status, each.code) for each in answers]
    assert 1 == len({each.json["detail"] for each in answers})


async def test_a_second_approval_makes_no_other_device(house: GateHouse) -> None:
    asked = await house.pair()
    author = await house.author()
    pairing_id = (await look_up(author, asked["user_code"])).json["id"]
    first, again = [await approve(author, pairing_id) for _ in range(2)]
    other = await approve(author, pairing_id, ("sync", "read"))

    assert (200, first.json) == (again.status, again.json)
    assert (409, "conflict") == (other.status, other.code)
    assert 1 == await devices_of(house)
    assert 1 == [each.kind for each in (await trails(house.database))[SCHOOL]].count("device.approved")


async def test_who_was_let_in_is_not_refused_and_the_other_way_round(house: GateHouse) -> None:
    author = await house.author()
    let, refused = [(await look_up(author, (await house.pair())["user_code"])).json["id"] for _ in range(2)]
    assert 200 == (await approve(author, let)).status
    assert 204 == (await deny(author, refused)).status

    assert 409 == (await deny(author, let)).status
    assert 409 == (await approve(author, refused)).status
    assert 1 == await devices_of(house)


async def test_what_became_of_a_pairing_is_none_of_another_schools_business(house: GateHouse) -> None:
    asked = await house.pair()
    ours = await house.author()
    theirs = await house.author("author@foreign.example", FOREIGN)
    pairing_id = (await look_up(ours, asked["user_code"])).json["id"]
    assert 200 == (await approve(ours, pairing_id)).status

    answers = [
        await look_up(theirs, asked["user_code"], FOREIGN_PLACE),
        await approve(theirs, pairing_id, place=FOREIGN_PLACE),
        await deny(theirs, pairing_id, FOREIGN_PLACE),
        await approve(theirs, NOBODYS, place=FOREIGN_PLACE),
    ]
    assert [404] * 4 == [each.status for each in answers]
    assert 0 == await devices_of(house, FOREIGN)
    assert 200 == (await look_up(ours, asked["user_code"])).status


@pytest.mark.parametrize("scopes", [(), ("game",), ("sync", "game"), ("everything",)])
async def test_a_device_gets_no_scope_that_is_none_for_devices(house: GateHouse, scopes: tuple[str, ...]) -> None:
    asked = await house.pair()
    author = await house.author()
    refused = await approve(author, (await look_up(author, asked["user_code"])).json["id"], scopes)

    assert (400, "invalid_request") == (refused.status, refused.code)
    assert 0 == await devices_of(house)


async def test_a_pairing_that_is_over_is_not_approved(house: GateHouse) -> None:
    asked = await house.pair()
    author = await house.author()
    pairing_id = (await look_up(author, asked["user_code"])).json["id"]
    await house.set_pairings(ends_at=1)

    assert [404] * 3 == [
        (await look_up(author, asked["user_code"])).status,
        (await approve(author, pairing_id)).status,
        (await deny(author, pairing_id)).status,
    ]


async def test_who_has_not_just_proved_who_they_are_neither_looks_nor_approves(house: GateHouse) -> None:
    asked = await house.pair()
    author = await house.author()
    pairing_id = (await look_up(author, asked["user_code"])).json["id"]
    later = await house.signed_in("author@school.example")

    refused = [
        await look_up(later, asked["user_code"]),
        await approve(later, pairing_id),
        await deny(later, pairing_id),
    ]

    assert [(403, "step_up_required")] * 3 == [(each.status, each.code) for each in refused]


async def test_wrong_codes_make_the_next_one_wait_and_are_not_looked_at_meanwhile(house: GateHouse) -> None:
    asked = await house.pair()
    author = await house.author()
    assert [404] * 5 == [(await look_up(author, code)).status for code in wrong_codes(5)]
    # The sixth is free of a wait no more, be it right or wrong.
    early = await look_up(author, asked["user_code"])

    assert (429, "too_many_tries", "2") == (early.status, early.code, early.headers["Retry-After"])
    await rested(house)
    assert 200 == (await look_up(author, asked["user_code"])).status


async def test_a_right_code_gives_no_new_guesses(house: GateHouse) -> None:
    own = await house.pair()
    author = await house.author()
    for code in wrong_codes(4):
        assert 404 == (await look_up(author, code)).status
    assert 200 == (await look_up(author, own["user_code"])).status
    assert 404 == (await look_up(author, "BBBB-BBBB")).status

    assert 429 == (await look_up(author, own["user_code"])).status


async def test_right_codes_are_free(house: GateHouse) -> None:
    asked = await house.pair()
    author = await house.author()

    assert [200] * 9 == [(await look_up(author, asked["user_code"])).status for _ in range(9)]


async def test_the_accounts_of_one_network_wait_for_one_another_in_the_end(house: GateHouse) -> None:
    """Codes sprayed by many accounts: the network's counter is the one that stops it."""
    asked = await house.pair()
    authors: list[Browser] = [await house.author(f"author{number}@school.example") for number in range(7)]
    statuses = [(await look_up(each, code)).status for each in authors[:6] for code in wrong_codes(5)]
    assert [404] * 30 == statuses

    assert 429 == (await look_up(authors[6], asked["user_code"])).status


@pytest.mark.parametrize("state", ["suspended", "deleting"])
async def test_a_school_that_is_not_at_work_lets_nothing_in(house: GateHouse, state: str) -> None:
    asked = await house.pair()
    approvals = house.gate.approvals
    pairing = await house.database.read(lambda tx: approvals.at_the_machine(tx, SCHOOL, asked["user_code"]))
    await house.database.write(lambda tx: tenants.change(tx, SCHOOL, {"state": state}))

    with pytest.raises(Conflict, match=state):
        await house.database.write(
            lambda tx: approvals.approve(tx, TELLER, SCHOOL, pairing.id, (Scope.SYNC,)), tenant=SCHOOL
        )
    assert 0 == await devices_of(house)


async def test_the_trail_is_told_who_let_in_and_who_refused(house: GateHouse) -> None:
    author = await house.author()
    device = (await let_in(author, await house.pair(), ("sync", "read")))["device"]
    refused = (await look_up(author, (await house.pair(kind="daemon"))["user_code"])).json["id"]
    await deny(author, refused)
    person_id = (await author.ask("GET", "/api/v1/me")).json["id"]

    told = {each.kind: each for each in (await trails(house.database))[SCHOOL]}
    assert {"device": device["id"], "kind": "studio", "scopes": 2} == told["device.approved"].detail
    assert {"pairing": refused, "kind": "daemon"} == told["pairing.denied"].detail
    assert ("person", person_id) == told["device.approved"].actor == told["pairing.denied"].actor
    assert ("person", person_id) == (device["approved_by_kind"], device["approved_by"])


async def test_approving_is_for_who_may(house: GateHouse) -> None:
    asked = await house.pair()
    person = await house.add_person("officer@school.example")
    await house.give(person, "privacy_officer", SCHOOL)
    officer = await house.signed_in("officer@school.example", second_factor=True)

    assert 403 == (await look_up(officer, asked["user_code"])).status
    assert 401 == (await house.browser().ask("POST", f"{MINE}/pairings/look-up", {"code": "x"})).status
