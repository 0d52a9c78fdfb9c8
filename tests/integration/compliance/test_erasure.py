"""Somebody is erased, and nothing of theirs is left: not in a table, not in a file."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web
from sqlalchemy import select

from backend.accounts import erasure as accounts
from backend.accounts.accounts import ACCOUNTS
from backend.accounts.people import store as people
from backend.accounts.people.store import StoredPerson
from backend.accounts.signin.hashing import Cost, Hasher
from backend.accounts.tenants import store as tenants
from backend.compliance.erasure import Erasure, Step
from backend.compliance.ledger import Ledger
from backend.db.config import DatabaseConfig
from backend.db.database import open_database
from backend.db.unit import Database, Transaction
from backend.web.keys import DATABASE, RIGHTS
from bridge.app import create_app
from bridge.settings import Settings
from bridge.tables import metadata
from tests.accounts.house import PASSWORD, House
from tests.integration.db.waiting import until
from tests.integration.web.conftest import serving
from tests.ledger.people import SCHOOL
from tests.ledger.seed import seed_tenants

EMAIL = "zzyzx.canary@school.example"
NAME = "Zzyzx Canary"
CANARIES = ("zzyzx", PASSWORD)
KEY = bytes(32)


class Stopped(Exception):
    """The process died here."""


@pytest.fixture
async def house(tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[House]:
    settings = Settings(data_dir=tmp_path, database_url=database_config.url)
    app: web.Application = create_app(settings, hasher=Hasher(Cost(memory_kib=1024, passes=1)))
    async with serving(app) as bridge:
        await seed_tenants(app[DATABASE])
        yield House(app, bridge.client, tmp_path)


def steps_of(house: House) -> tuple[Step, ...]:
    return accounts.steps(lambda: house.app[RIGHTS], lambda: house.app[ACCOUNTS].vault)


def erasure(house: House, steps: tuple[Step, ...] | None = None) -> Erasure:
    return Erasure(steps_of(house) if steps is None else steps, Ledger(house.folder / "erasures.jsonl", KEY))


async def somebody_at_work(house: House) -> StoredPerson:
    """Have somebody do what leaves traces: sign in, set an authenticator up, ask for a link, hold roles."""
    person = await house.add_person(EMAIL, NAME)
    await house.give(person, "school_admin", SCHOOL)
    browser = await house.signed_in(EMAIL, second_factor=True)
    await browser.ask("GET", f"/api/v1/tenants/{SCHOOL}/people")
    await browser.ask("POST", f"/api/v1/tenants/{SCHOOL}/invitations", {"email": "other@x.example", "role": "teacher"})
    await house.browser().ask("POST", "/api/v1/password-resets", {"email": EMAIL})
    # The address stands in an invitation too, as others write it.
    again = {"email": EMAIL.replace("canary", "CANARY"), "role": "curriculum_author"}
    assert 201 == (await browser.ask("POST", f"/api/v1/tenants/{SCHOOL}/invitations", again)).status
    await until(lambda: len(house.letters()) >= 4)
    return person


async def rows_of(database: Database) -> str:
    """Return every row of every table as text."""
    kept: list[str] = []

    async def unit(tx: Transaction) -> None:
        for table in metadata().sorted_tables:
            if "tenant_id" in table.c and table.primary_key.columns.keys()[0] == "tenant_id":
                statement = select(table).where(table.c.tenant_id == SCHOOL)
            else:
                statement = select(table)
            if not table.name.startswith(("parents", "children", "ledger", "books")):
                kept.extend(f"{table.name} {row!r}" for row in await tx.execute(statement))

    await database.read(unit, tenant=SCHOOL)
    return "\n".join(kept)


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("toolboxai.db*")))


async def test_nothing_of_somebody_is_left_but_an_id(house: House) -> None:
    person = await somebody_at_work(house)

    await erasure(house).erase(house.database, None, person.id, "request")

    left = await rows_of(house.database)
    assert not any(canary in left.casefold() for canary in CANARIES)
    mentions = {line.split()[0] for line in left.splitlines() if person.id in line}
    assert mentions <= {"people", "audit_events", "grants", "invitations"}
    stored = await house.database.read(partial(people.find, person_id=person.id))
    assert stored is not None
    assert ("erased", None, None, None, None) == (
        stored.state,
        stored.email,
        stored.name,
        stored.wrapped_key,
        stored.password_hash,
    )


async def test_who_was_erased_is_signed_out_and_nobody(house: House) -> None:
    person = await house.add_person(EMAIL, NAME)
    browser = await house.signed_in(EMAIL)

    await erasure(house).erase(house.database, None, person.id, "request")

    assert 401 == (await browser.ask("GET", "/api/v1/me")).status
    assert 401 == (await house.browser().sign_in(EMAIL)).status
    assert 202 == (await house.browser().ask("POST", "/api/v1/password-resets", {"email": EMAIL})).status


async def test_nobody_comes_in_between_the_first_step_and_the_last(house: House) -> None:
    person = await house.add_person(EMAIL, NAME)
    first, *others = steps_of(house)
    statuses: list[int] = []

    async def come_in(_database: Database, _tenant: str | None, _subject: str) -> int:
        statuses.append((await house.browser().sign_in(EMAIL)).status)
        return 0

    await erasure(house, (first, Step("coming", come_in), *others)).erase(house.database, None, person.id, "request")

    assert [401] == statuses


async def test_the_school_may_have_somebody_else_in_their_place(house: House) -> None:
    async def members(tx: Transaction) -> int:
        return (await tenants.usage(tx, SCHOOL))["people"]

    person = await somebody_at_work(house)
    assert 1 == await house.database.read(members, tenant=SCHOOL)

    for _ in range(2):
        await erasure(house).erase(house.database, None, person.id, "request")

        assert 0 == await house.database.read(members, tenant=SCHOOL)


async def test_the_address_may_come_back_as_somebody_new(house: House) -> None:
    old = await house.add_person(EMAIL, NAME)
    await erasure(house).erase(house.database, None, old.id, "request")

    new = await house.add_person(EMAIL, "Somebody else")

    assert old.id != new.id
    assert 201 == (await house.browser().sign_in(EMAIL)).status


async def test_a_second_time_changes_nothing(house: House) -> None:
    person = await somebody_at_work(house)
    ours = erasure(house)
    first = await ours.erase(house.database, None, person.id, "request")
    second = await ours.erase(house.database, None, person.id, "request")

    assert all(rows > 0 for rows in first.rows.values())
    assert set(second.rows.values()) == {0}


@pytest.mark.parametrize("after", range(5))
async def test_one_that_is_killed_between_two_steps_is_brought_to_its_end(house: House, after: int) -> None:
    person = await somebody_at_work(house)
    ours = steps_of(house)

    async def die(_database: Database, _tenant: str | None, _subject: str) -> int:
        raise Stopped

    with pytest.raises(Stopped):
        await erasure(house, (*ours[:after], Step("death", die))).erase(house.database, None, person.id, "request")
    (done,) = await erasure(house).unfinished(house.database)

    assert [step.name for step in ours] == list(done.rows)
    assert "zzyzx" not in (await rows_of(house.database)).casefold()
    assert [] == list(await erasure(house).unfinished(house.database))


async def test_a_step_of_a_name_that_there_is_is_refused(house: House) -> None:
    ours = steps_of(house)

    with pytest.raises(ValueError, match="one name"):
        erasure(house, (*ours, ours[0]))


async def test_the_raw_files_hold_nothing_that_could_be_read(tmp_path: Path, sqlite_database: DatabaseConfig) -> None:
    settings = Settings(data_dir=tmp_path, database_url=sqlite_database.url)
    app = create_app(settings, hasher=Hasher(Cost(memory_kib=1024, passes=1)))
    async with serving(app) as bridge:
        await seed_tenants(app[DATABASE])
        house = House(app, bridge.client, tmp_path)
        person = await somebody_at_work(house)
        stored = await house.database.read(partial(people.find, person_id=person.id))
        assert stored is not None
        secrets = [stored.wrapped_key, stored.email, stored.name, stored.totp, str(stored.password_hash).encode()]
        before = bytes_of(tmp_path)
        assert all(each is not None and each in before for each in secrets)

        await erasure(house).erase(house.database, None, person.id, "request")

        after = bytes_of(tmp_path)
        assert not any(each is not None and each in after for each in secrets)
        assert b"zzyzx" not in after.lower()


async def test_a_restored_backup_does_not_bring_anybody_back(tmp_path: Path, sqlite_database: DatabaseConfig) -> None:
    settings = Settings(data_dir=tmp_path, database_url=sqlite_database.url)
    path = sqlite_database.sqlite_path
    app = create_app(settings, hasher=Hasher(Cost(memory_kib=1024, passes=1)))
    async with serving(app) as bridge:
        await seed_tenants(app[DATABASE])
        house = House(app, bridge.client, tmp_path)
        person = await house.add_person(EMAIL, NAME)
        await house.database.shed_old_pages()
        await asyncio.to_thread(shutil.copyfile, path, tmp_path / "backup.db")
        await erasure(house).erase(house.database, None, person.id, "request")
        ours = erasure(house)
    await asyncio.to_thread(restore, tmp_path, path)

    async with open_database(sqlite_database) as database:
        back = await database.read(partial(people.find, person_id=person.id))
        assert back is not None
        assert "active" == back.state
        await ours.replay(database)
        gone = await database.read(partial(people.find, person_id=person.id))

    assert gone is not None
    assert ("erased", None) == (gone.state, gone.name)


def restore(folder: Path, path: Path) -> None:
    for old in folder.glob("toolboxai.db*"):
        old.unlink()
    shutil.copyfile(folder / "backup.db", path)


async def test_an_invitation_to_their_address_is_taken_back_and_no_other(house: House) -> None:
    person = await somebody_at_work(house)
    admin = await house.add_person("admin@school.example", "Admin")
    await house.give(admin, "school_admin", SCHOOL)
    browser = await house.signed_in("admin@school.example", second_factor=True)
    path = f"/api/v1/tenants/{SCHOOL}/invitations"

    await erasure(house).erase(house.database, None, person.id, "request")

    told = [(each["state"], each["email"]) for each in (await browser.ask("GET", path)).json["invitations"]]
    assert [("open", "other@x.example"), ("revoked", "")] == told


async def test_other_people_keep_what_they_have(house: House) -> None:
    person = await somebody_at_work(house)
    other = await house.add_person("other@school.example", "Other")
    await house.give(other, "curriculum_author", SCHOOL)
    browser = await house.signed_in("other@school.example")

    await erasure(house).erase(house.database, None, person.id, "request")

    me = await browser.ask("GET", "/api/v1/me")
    assert "Other" == me.json["name"]
    assert [SCHOOL] == [each["tenant_id"] for each in me.json["tenants"]]
    assert house.app[ACCOUNTS] is not None
