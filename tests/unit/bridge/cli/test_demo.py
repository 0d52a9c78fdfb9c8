"""`toolboxai demo`: two schools in an empty database, and nothing in any other."""

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


def test_two_schools_one_of_them_in_a_district_are_there_with_people_and_keys(do: Run) -> None:
    told = do("demo", "--json").told

    tenants = {each["name"]: each for each in do("tenants", "list", "--json").told["tenants"]}
    assert {each["name"]: each["id"] for each in told["tenants"]} == {n: each["id"] for n, each in tenants.items()}
    assert tenants["North District"]["id"] == tenants["Lakeside School"]["parent_id"]
    assert tenants["Hill School"]["parent_id"] is None
    for each in told["people"]:
        (held,) = do("people", "show", each["id"], "--json").told["roles"]
        assert (each["role"], each["tenant_id"] or "platform") == (held["role"], held["tenant_id"])
    assert parse(told["api_key"], Kind.API)
    assert parse(told["game_key"], Kind.GAME)


def test_what_to_sign_in_with_is_printed_once_and_by_chance(do: Run, run: Run, home: Path) -> None:
    printed = do("demo")

    rows = [line.split() for line in printed.out.splitlines() if "@" in line]
    assert 7 == len({row[1] for row in rows}) == len(rows)
    assert "Sign in at http://localhost:8460/" in printed.err
    other = str(home / "other")
    assert 0 == run("migrate", "--data-dir", other).code
    again = {each["password"] for each in run("demo", "--json", "--data-dir", other).told["people"]}
    assert not again & {row[1] for row in rows}


def test_a_database_in_which_anything_is_stays_as_it_is(do: Run) -> None:
    school = do("tenants", "create", "Lakeside", "--json").told["id"]

    refused = do("demo")

    assert (2, "") == (refused.code, refused.out)
    assert "the demo goes into an empty one alone" in refused.err
    assert [school] == [each["id"] for each in do("tenants", "list", "--json").told["tenants"]]
    assert [] == do("people", "list", "--json").told["people"]
