"""`toolboxai tenants` and `toolboxai apikeys`: what whoever runs the bridge does with schools and keys."""

import shutil
from pathlib import Path

import pytest

from backend.accounts.keys.text_form import Kind, parse

from .conftest import Ended, Run


@pytest.fixture
def do(run: Run, home: Path, migrated_folder: Path) -> Run:
    """Run a command on a database of its own."""
    shutil.copytree(migrated_folder, home / "data")

    def do_it(*words: str, **environ: str) -> Ended:
        return run(*words, "--data-dir", str(home / "data"), **environ)

    return do_it


@pytest.fixture
def school(do: Run) -> str:
    made = do("tenants", "create", "Lakeside School", "--json")
    assert 0 == made.code
    found: str = made.told["id"]
    return found


def test_a_school_is_created_in_a_district_and_listed(do: Run) -> None:
    district = do("tenants", "create", "North", "--district", "--json").told["id"]
    made = do("tenants", "create", "Lakeside", "--in", district, "--locale", "de", "--time-zone", "Europe/Berlin")

    assert (0, "") == (made.code, made.err)
    assert made.out.endswith(" Lakeside was created.\n")
    listed = do("tenants", "list").out.splitlines()
    assert ["ID", "KIND", "STATE", "DISTRICT", "CREATED", "NAME"] == listed[0].split()
    assert [district, "district", "active"] == listed[1].split()[:3]
    assert [made.out.split()[0], "school", "active", district] == listed[2].split()[:4]
    assert [district] == [each["id"] for each in do("tenants", "list", "--limit", "1", "--json").told["tenants"]]
    after = do("tenants", "list", "--after", district, "--json").told["tenants"]
    assert [("Lakeside", "de", "Europe/Berlin")] == [(e["name"], e["locale"], e["time_zone"]) for e in after]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("tenants", "create", ""), "name: is empty"),
        (("tenants", "create", "x", "--time-zone", "Mars"), "time_zone: is no time zone"),
        (("tenants", "create", "x", "--in", "7" * 26), "parent_id: This is no district"),
        (("tenants", "suspend", "7" * 26), "There is nothing at this address"),
        (("tenants", "suspend", "nonsense"), "There is nothing at this address"),
        (("apikeys", "list", "7" * 26), "There is nothing at this address"),
        (("apikeys", "create", "7" * 26, "x", "--scope", "lesson.read"), "There is nothing at this address"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(do: Run, words: tuple[str, ...], told: str) -> None:
    ended = do(*words)

    assert (2, "") == (ended.code, ended.out)
    assert 1 == len(ended.err.splitlines())
    assert told in ended.err


def test_what_is_no_id_of_a_tenant_is_refused_in_one_sentence(do: Run) -> None:
    for words in (("apikeys", "list", "It's"), ("apikeys", "revoke", "IT", "x")):
        ended = do(*words)
        assert (2, 1) == (ended.code, len(ended.err.splitlines())), ended.err


def test_a_school_is_suspended_and_goes_on(do: Run, school: str) -> None:
    for word, state in (("suspend", "suspended"), ("suspend", "suspended"), ("resume", "active")):
        assert state == do("tenants", word, school, "--json").told["state"]


def test_a_deletion_asks_first(do: Run, school: str) -> None:
    refused = do("tenants", "delete", school)
    assert 0 != refused.code
    assert "active" == do("tenants", "list", "--json").told["tenants"][0]["state"]

    assert 0 == do("tenants", "delete", school, "--yes").code
    assert "deleting" == do("tenants", "list", "--json").told["tenants"][0]["state"]


def test_a_key_is_printed_once_and_alone(do: Run, school: str) -> None:
    made = do(
        "apikeys", "create", school, "Timetable", "--scope", "class.read", "--scope", "lesson.read", "--days", "9"
    )

    assert 0 == made.code
    assert made.out.startswith(f"tbx_api_{parse(made.out.strip(), Kind.API).id}_")
    assert "it is not shown again" in made.err
    listed = do("apikeys", "list", school)
    assert made.out.strip() not in listed.out
    assert ["class.read", "lesson.read", "Timetable"] == listed.out.splitlines()[1].split()[-3:]


def test_a_key_is_rotated_and_revoked(do: Run, school: str) -> None:
    made = do("apikeys", "create", school, "Timetable", "--scope", "class.read", "--json").told
    key = made["api_key"]["id"]
    rotated = do("apikeys", "rotate", school, key, "--overlap-hours", "0", "--json").told

    assert made["text"] != rotated["text"]
    assert 0 == do("apikeys", "revoke", school, key).code
    assert "revoked" == do("apikeys", "list", school).out.splitlines()[1].split()[1]
    again = do("apikeys", "rotate", school, key)
    assert (2, "toolboxai: This key has been revoked; make another one.\n") == (again.code, again.err)


def test_a_scope_that_no_key_may_have_is_named(do: Run, school: str) -> None:
    ended = do("apikeys", "create", school, "x", "--scope", "class.read", "--scope", "pupil.identify")

    assert (2, "toolboxai: scopes/1: This is no permission that a key may have\n") == (ended.code, ended.err)


def test_a_game_key_is_made_listed_rotated_and_revoked(do: Run, school: str) -> None:
    made = do(
        "gamekeys", "create", school, "Fractions", "--universe", "12", "--universe", "13", "--network", "10.0.0.0/8"
    )
    key = parse(made.out.strip(), Kind.GAME)

    assert ["12", "13", "Fractions"] == do("gamekeys", "list", school).out.splitlines()[1].split()[-3:]
    assert 0 == do("gamekeys", "rotate", school, key.id).code
    assert 0 == do("gamekeys", "revoke", school, key.id).code
    refused = do("gamekeys", "create", school, "x", "--universe", "1", "--network", "10.0.0.1/8")
    assert (2, True) == (refused.code, refused.err.startswith("toolboxai: networks.0: is no network"))
