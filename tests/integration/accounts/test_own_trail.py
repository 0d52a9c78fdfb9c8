"""What people do with their own accounts is told to the platform's trail, without a word of theirs."""

import json
from typing import Any

from backend.accounts.accounts import ACCOUNTS
from backend.accounts.audit import store
from backend.accounts.audit.chained import Record
from backend.accounts.audit.ids import PLATFORM
from backend.accounts.audit.reading import read_whole
from backend.accounts.audit.teller import Teller
from backend.accounts.audit.verify import Chain
from backend.db.unit import Transaction
from backend.web.keys import DATABASE, RIGHTS
from bridge.keys import AUDIT
from tests.accounts.house import OPERATOR, PASSWORD, House

ADA = "ada@school.example"
OTHER = "quite another row of plain words"


async def told(house: House) -> list[tuple[str, dict[str, Any]]]:
    """Return the platform's trail, each record checked on the way."""
    found: list[tuple[str, dict[str, Any]]] = []

    def keep(record: Record) -> None:
        found.append((record.kind, json.loads(record.detail)))

    assert await read_whole(house.app[DATABASE], PLATFORM, Chain(PLATFORM, house.app[AUDIT].keys), keep) is None
    return found


async def kinds(house: House) -> list[str]:
    return [kind for kind, _ in await told(house)]


async def test_signing_in_and_out(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)
    await house.browser().sign_in(ADA, "these words are surely not right")
    await house.browser().sign_in("nobody@school.example")
    await browser.ask("DELETE", "/api/v1/signins/current")

    found = await told(house)
    assert ["signin.succeeded", "signin.failed", "signin.failed", "signin.revoked"] == [kind for kind, _ in found]
    assert ["wrong_secret", "unknown_account"] == [detail["reason"] for _, detail in found[1:3]]
    assert {"reason": "signed_out", "sessions": 1} == found[3][1]


async def test_somebody_suspended_who_tries_is_told_of_with_the_reason(house: House) -> None:
    person = await house.add_person(ADA)
    accounts, rights = house.app[ACCOUNTS], house.app[RIGHTS]
    by = Teller(accounts.trail, OPERATOR)
    await house.database.write(lambda tx: accounts.people.suspend(tx, by, rights, person.id))

    await house.browser().sign_in(ADA)

    assert [("signin.failed", "suspended")] == [(kind, detail.get("reason")) for kind, detail in await told(house)][1:]


async def test_a_password_and_a_second_factor_that_change(house: House) -> None:
    await house.add_person(ADA)
    browser = await house.signed_in(ADA)
    await house.enrol(browser)
    await browser.ask("PUT", "/api/v1/me/password", {"password": PASSWORD, "new_password": OTHER})

    assert ["signin.succeeded", "second_factor.changed", "password.changed"] == await kinds(house)


async def test_the_first_administrator(house: House) -> None:
    link = await house.first_link()
    told_of = {"link": link, "email": ADA, "name": "Ada", "password": PASSWORD}
    assert 201 == (await house.browser().ask("POST", "/api/v1/first-administrator", told_of)).status

    assert ["platform.first_administrator"] == await kinds(house)


async def test_nothing_that_somebody_typed_is_in_it(house: House) -> None:
    await house.add_person(ADA, "Zzyzx-Canary")
    secret, codes = await house.enrol(await house.signed_in(ADA))
    await house.browser().sign_in("zzyzx@school.example", "zzyzx words that are wrong")

    async def unit(tx: Transaction) -> list[Record]:
        return list(await store.events(tx, PLATFORM, limit=100))

    kept = repr(await house.database.read(unit)).casefold()
    for canary in ("zzyzx", "ada@", PASSWORD, secret.reveal().casefold(), codes[0].casefold()):
        assert canary not in kept
