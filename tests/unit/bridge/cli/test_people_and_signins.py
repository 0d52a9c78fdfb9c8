"""`toolboxai people` and `toolboxai signins`: what whoever runs the bridge does with accounts."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from .conftest import Demo, Ended, Run

NOBODY = "7" * 26


@pytest.fixture
def do(run: Run, home: Path, migrated_folder: Path) -> Run:
    """Run a command on a database of its own."""
    shutil.copytree(migrated_folder, home / "data")

    def do_it(*words: str, **environ: str) -> Ended:
        return run(*words, "--data-dir", str(home / "data"), **environ)

    return do_it


@pytest.fixture
def people(do: Run, home: Path, demo: Demo) -> dict[str, str]:
    """Put the people of the demo into the database: the address of each, and the id."""
    shutil.rmtree(home / "data")
    shutil.copytree(demo.folder, home / "data")
    assert 0 == do("migrate", "--check").code
    return {each["email"]: each["id"] for each in demo.told["people"]}


def test_people_are_listed_whole_and_by_tenant(do: Run, people: dict[str, str]) -> None:
    school = do("people", "show", people["head@hill.example"], "--json").told["roles"][0]["tenant_id"]

    everybody = do("people", "list", "--json").told["people"]
    assert people == {each["email"]: each["id"] for each in everybody}
    here = do("people", "list", school, "--json").told["people"]
    assert ["author@hill.example", "head@hill.example"] == sorted(each["email"] for each in here)
    after = do("people", "list", "--after", everybody[0]["id"], "--limit", "2", "--json").told["people"]
    assert everybody[1:3] == after
    lines = do("people", "list").out.splitlines()
    assert "ID" == lines[0].split()[0]
    assert lines[1].endswith("operator@demo.example     Olive Marsh")


def test_a_person_is_shown_with_what_they_hold(do: Run, people: dict[str, str]) -> None:
    shown = do("people", "show", people["operator@demo.example"])

    assert "Olive Marsh <operator@demo.example> is active, without a second factor." in shown.out
    assert ["platform", "platform_operator", "active"] == shown.out.splitlines()[2].split()


def test_an_invitation_prints_a_link_and_writes_a_letter(do: Run) -> None:
    school = do("tenants", "create", "Lakeside", "--json").told["id"]
    invited = do(
        "people", "invite", school, "head@school.example", "--role", "school_admin",
        TOOLBOXAI_PUBLIC_URL="https://school.example",
    )  # fmt: skip

    assert 0 == invited.code
    assert invited.out.startswith("https://school.example/welcome#tbx_invite_")
    assert 1 == len(invited.out.splitlines())
    assert "works once" in invited.err
    assert ["mail.send"] == [each["kind"] for each in do("outbox", "list", "--json").told["rows"]]


def test_a_date_is_the_last_day_of_a_role(do: Run) -> None:
    school = do("tenants", "create", "Lakeside", "--json").told["id"]
    refused = do("people", "invite", school, "a@school.example", "--role", "school_admin", "--until", "1.7.2027")

    assert (2, "toolboxai: until: '1.7.2027' is no date such as 2027-07-31\n") == (refused.code, refused.err)
    past = do("people", "invite", school, "a@school.example", "--role", "school_admin", "--until", "1999-12-31")
    assert "until: This has to be a time that is to come" in past.err


def test_who_is_suspended_goes_on_when_resumed(do: Run, people: dict[str, str]) -> None:
    head = people["head@hill.example"]

    assert f"{head} Hugo Stone is suspended.\n" == do("people", "suspend", head).out
    assert "suspended" == do("people", "show", head, "--json").told["person"]["state"]
    assert "is suspended; let it go on first" in do("people", "reset", head).err
    assert "is suspended; let it go on first" in do("people", "operator", head).err
    assert f"{head} Hugo Stone goes on.\n" == do("people", "resume", head).out
    assert "active" == do("people", "resume", head, "--json").told["state"]


def test_a_link_to_choose_a_password_is_printed(do: Run, people: dict[str, str]) -> None:
    told = do("people", "reset", people["head@hill.example"], "--json").told

    assert people["head@hill.example"] == told["id"]
    assert told["link"].startswith("http://localhost:8460/welcome#tbx_reset_")


def test_the_first_link_is_made_until_somebody_operates_the_platform(do: Run, people: dict[str, str]) -> None:
    refused = do("people", "first-link")
    assert (2, "") == (refused.code, refused.out)
    assert "Somebody operates this platform already" in refused.err

    do("people", "suspend", people["operator@demo.example"])
    assert "#tbx_first_" in do("people", "first-link").out
    head = people["head@hill.example"]
    assert f"{head} Hugo Stone operates the platform.\n" == do("people", "operator", head).out
    assert 2 == do("people", "first-link").code


def test_sign_ins_are_listed_and_ended_in_one_place_or_everywhere(do: Run, people: dict[str, str], home: Path) -> None:
    head = people["head@hill.example"]
    ids = [letter * 26 for letter in "345"]
    with sqlite3.connect(home / "data" / "toolboxai.db") as database:
        for number, each in enumerate(ids):
            values = (each, head, bytes([number]) * 32, 1, 1, 9_000_000_000_000, "Firefox on Linux")
            database.execute(
                "INSERT INTO signins (id, person_id, digest, created_at, seen_at, ends_at, device)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                values,
            )
    database.close()

    assert ids[::-1] == [each["id"] for each in do("signins", "list", head, "--json").told["signins"]]
    assert 3 == do("signins", "list", head).out.count("Firefox on Linux")
    assert f"{head} was signed out in 1 place.\n" == do("signins", "revoke", head, ids[0]).out
    assert 0 == do("signins", "revoke", people["author@hill.example"], ids[1], "--json").told["ended"]
    assert 2 == do("signins", "revoke", head, "--json").told["ended"]
    assert [] == do("signins", "list", head, "--json").told["signins"]


@pytest.mark.parametrize(
    "words",
    [
        ("people", "show", NOBODY),
        ("people", "list", NOBODY),
        ("people", "suspend", NOBODY),
        ("people", "reset", "nonsense"),
        ("people", "operator", NOBODY),
        ("people", "invite", NOBODY, "a@school.example", "--role", "teacher"),
        ("people", "invite", NOBODY, "nonsense", "--role", "TEACHER"),
        ("signins", "list", NOBODY),
        ("signins", "revoke", NOBODY),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(do: Run, words: tuple[str, ...]) -> None:
    ended = do(*words)

    assert (2, "") == (ended.code, ended.out)
    assert 1 == len(ended.err.splitlines()), ended.err
