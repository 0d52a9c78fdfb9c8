"""`toolboxai erasures`, on a database of its own."""

import asyncio
import shutil
from functools import partial
from pathlib import Path

import pytest

from backend.accounts.people import store as people
from backend.accounts.people.service import People
from backend.accounts.people.store import StoredPerson
from backend.accounts.signin import email_address
from backend.db.config import sqlite_config
from backend.db.database import open_database
from backend.db.unit import Transaction
from backend.sealing.opening import open_vault
from tests.unit.bridge.cli.conftest import Run

NOBODY = "0" * 26


@pytest.fixture
def data(home: Path, migrated_folder: Path) -> Path:
    folder = home / "data"
    shutil.copytree(migrated_folder, folder)
    return folder


@pytest.fixture
def person(data: Path) -> str:
    """Somebody with an account."""

    async def make() -> str:
        async with open_database(sqlite_config(data / "toolboxai.db")) as database:
            everybody = People(await open_vault(data / "keys.json", database))
            address = email_address.parse("ada@school.example")

            async def unit(tx: Transaction) -> StoredPerson:
                return await everybody.add(tx, address, "Ada", locale="en", password_hash=None)

            return (await database.write(unit)).id

    return asyncio.run(make())


def state_of(data: Path, person_id: str) -> str:
    async def look() -> str:
        async with open_database(sqlite_config(data / "toolboxai.db")) as database:
            found = await database.read(partial(people.find, person_id=person_id))
            assert found is not None
            return found.state

    return asyncio.run(look())


def test_a_person_is_erased_and_stands_in_the_list(run: Run, data: Path, person: str) -> None:
    ended = run("erasures", "run", person, "--yes", "--json", "--data-dir", str(data))

    assert 0 == ended.code, ended.err
    assert {"people": 1} == {name: rows for name, rows in ended.told["erasures"][0]["rows"].items() if rows}
    assert "erased" == state_of(data, person)
    (listed,) = run("erasures", "list", "--json", "--data-dir", str(data)).told["erasures"]
    assert (person, "request", True) == (listed["subject"], listed["reason"], listed["finished"])
    assert person in run("erasures", "list", "--data-dir", str(data)).out


def test_the_trail_of_the_platform_is_told(run: Run, data: Path, person: str) -> None:
    run("erasures", "run", person, "--yes", "--reason", "retention", "--data-dir", str(data))

    assert 0 == run("audit", "verify", "--data-dir", str(data)).code
    target = data / "trail.jsonl"
    assert 0 == run("audit", "export", "--to", str(target), "--data-dir", str(data)).code
    assert "subject.erased" in target.read_text()


def test_what_was_erased_is_erased_again(run: Run, data: Path, person: str) -> None:
    run("erasures", "run", person, "--yes", "--data-dir", str(data))

    ended = run("erasures", "replay", "--data-dir", str(data))

    assert (0, True) == (ended.code, "was erased again" in ended.out)
    assert 0 == run("erasures", "replay", "--json", "--data-dir", str(data)).code


def test_the_trail_of_a_restored_copy_is_told_once(run: Run, data: Path, person: str) -> None:
    copy = data / "copy.db"
    shutil.copyfile(data / "toolboxai.db", copy)
    run("erasures", "run", person, "--yes", "--data-dir", str(data))
    for old in data.glob("toolboxai.db*"):
        old.unlink()
    shutil.copyfile(copy, data / "toolboxai.db")
    assert "active" == state_of(data, person)

    for _ in range(2):
        assert 0 == run("erasures", "replay", "--data-dir", str(data)).code

    assert "erased" == state_of(data, person)
    target = data / "trail.jsonl"
    assert 0 == run("audit", "export", "--to", str(target), "--data-dir", str(data)).code
    assert 1 == target.read_text().count("subject.erased")


def test_what_was_interrupted_is_brought_to_its_end_by_the_same_command(run: Run, data: Path, person: str) -> None:
    run("erasures", "run", person, "--yes", "--data-dir", str(data))
    ledger = data / "erasures.jsonl"
    lines = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"".join(lines[:2]) + lines[2][:9])

    listed = run("erasures", "list", "--json", "--data-dir", str(data))
    ended = run("erasures", "run", person, "--yes", "--json", "--data-dir", str(data))

    assert [False] == [each["finished"] for each in listed.told["erasures"]]
    assert "was torn" in listed.err
    assert 0 == ended.code, ended.err
    assert listed.told["erasures"][0]["erasure"] == ended.told["erasures"][0]["erasure"]
    assert [True] == [
        each["finished"] for each in run("erasures", "list", "--json", "--data-dir", str(data)).told["erasures"]
    ]
    target = data / "trail.jsonl"
    assert 0 == run("audit", "export", "--to", str(target), "--data-dir", str(data)).code
    assert 2 == target.read_text().count("subject.erased")


def test_nobody_is_erased_who_is_not_there(run: Run, data: Path, person: str) -> None:
    unknown = run("erasures", "run", NOBODY, "--yes", "--data-dir", str(data))
    no_id = run("erasures", "run", "ada@school.example", "--yes", "--data-dir", str(data))

    assert (2, 2) == (unknown.code, no_id.code)
    assert "is no id of a person" in no_id.err
    assert "active" == state_of(data, person)
    assert [] == run("erasures", "list", "--json", "--data-dir", str(data)).told["erasures"]


def test_a_ledger_that_was_changed_stops_it(run: Run, data: Path, person: str) -> None:
    run("erasures", "run", person, "--yes", "--data-dir", str(data))
    ledger = data / "erasures.jsonl"
    ledger.write_bytes(ledger.read_bytes().replace(b'"request"', b'"retention"'))

    ended = run("erasures", "replay", "--data-dir", str(data))

    assert 13 == ended.code
    assert "Line 1 of the ledger" in ended.err
