"""`toolboxai keys`: versions of the master key, taken into use, and everything that is under them checked."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from backend.sealing import turning

from .conftest import Demo, Ended, Run

Sql = Callable[..., list[Any]]


@pytest.fixture
def do(run: Run, home: Path, demo: Demo) -> Run:
    """Run a command on a database with people in it."""
    shutil.copytree(demo.folder, home / "data")

    def do_it(*words: str, **environ: str) -> Ended:
        return run(*words, "--data-dir", str(home / "data"), **environ)

    school = do_it("tenants", "list", "--json").told["tenants"][1]["id"]
    assert 0 == do_it("people", "invite", school, "new@school.example", "--role", "school_admin").code
    return do_it


@pytest.fixture
def sql(home: Path) -> Sql:
    def run_it(statement: str, *values: object) -> list[Any]:
        with closing(sqlite3.connect(home / "data" / "toolboxai.db")) as database, database:
            return database.execute(statement, values).fetchall()

    return run_it


def versions(do: Run) -> list[tuple[int, str, int, int]]:
    listed = do("keys", "list", "--json").told["keys"]
    return [(each["version"], each["state"], each["holder_keys"], each["people"]) for each in listed]


def test_a_rotation_puts_everything_under_the_new_version_and_loses_nothing(do: Run, home: Path) -> None:
    before = do("people", "list", "--json").told
    assert [(1, "in use", 2, 7)] == versions(do)

    rotated = do("keys", "rotate")

    assert (0, "Version 2 is in use; 2 keys and 7 people were put under it.\n") == (rotated.code, rotated.out)
    assert "until a bridge that runs has read version 2" in rotated.err
    assert [(1, "kept", 0, 0), (2, "in use", 2, 7)] == versions(do)
    assert before["people"] == [
        each | {"version": each["version"] - 1} for each in do("people", "list", "--json").told["people"]
    ]
    assert 0 == do("keys", "verify").code
    assert do("audit", "verify", "--json").told["whole"] is True
    assert 0o600 == (home / "data" / "keys.json").stat().st_mode & 0o777


def test_a_prepared_version_waits_until_it_is_taken_into_use(do: Run) -> None:
    assert {"version": 2, "state": "waiting"} == do("keys", "rotate", "--prepare", "--json").told
    assert [(1, "in use", 2, 7), (2, "waiting", 0, 0)] == versions(do)
    again = do("keys", "rotate", "--prepare")
    assert (2, "toolboxai: version 2 is waiting to be used; take that one into use\n") == (again.code, again.err)

    assert {"version": 2, "holder_keys": 2, "people": 7} == do("keys", "rotate", "--json").told
    assert [(1, "kept", 0, 0), (2, "in use", 2, 7)] == versions(do)


def test_a_rotation_that_was_stopped_goes_on_with_its_version_and_is_told_once(
    do: Run, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stopped(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("backend.sealing.rotation.wrap_all_anew", stopped)
        assert 0 != do("keys", "rotate").code
    assert [(1, "kept", 1, 7), (2, "in use", 1, 0)] == versions(do)
    assert 0 == do("keys", "verify").code

    assert {"version": 2, "holder_keys": 1, "people": 7} == do("keys", "rotate", "--json").told
    assert [(1, "kept", 0, 0), (2, "in use", 2, 7)] == versions(do)
    assert [(1,)] == sql("SELECT count(*) FROM audit_events WHERE kind = 'keys.rotated'")


def test_two_rotations_do_not_run_at_once(do: Run, home: Path) -> None:
    with turning.one_at_a_time(home / "data" / "keys.json"):
        for words in ((), ("--prepare",)):
            refused = do("keys", "rotate", *words)
            assert (5, 1) == (refused.code, len(refused.err.splitlines()))

    assert [(1, "in use", 2, 7)] == versions(do)


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("person", "UPDATE people SET email = name WHERE id = (SELECT min(id) FROM people) RETURNING id"),
        ("person", "UPDATE people SET wrapped_key = x'00' WHERE id = (SELECT min(id) FROM people) RETURNING id"),
        ("subject", "UPDATE subject_keys SET wrapped = x'01' RETURNING subject_id"),
        ("tenant", "UPDATE holder_keys SET wrapped = x'01' WHERE holder != 'platform' RETURNING holder"),
        ("platform", "UPDATE holder_keys SET wrapped = x'01' WHERE holder = 'platform' RETURNING holder"),
    ],
)
def test_what_does_not_open_is_named_and_nothing_of_it_shown(do: Run, sql: Sql, what: str, statement: str) -> None:
    assert {"ok": True, "opened": 2 + 7 + 1, "closed": []} == do("keys", "verify", "--json").told
    ((broken,),) = sql(statement)

    ended = do("keys", "verify", "--json")

    assert 12 == ended.code
    assert ended.told["ok"] is False
    assert [(what, broken)] == [(each["what"], each["id"]) for each in ended.told["closed"]]
    in_words = do("keys", "verify")
    assert in_words.out.startswith(f"does not open: {what} {broken}")
    assert "@" not in in_words.out + in_words.err + json.dumps(ended.told)


def test_no_command_shows_a_key(do: Run, home: Path) -> None:
    said = "".join(do(*words).out for words in (("keys", "rotate"), ("keys", "list"), ("keys", "verify")))

    kept = json.loads((home / "data" / "keys.json").read_text())["keys"]
    assert 2 == len(kept)
    assert not [each for each in kept if each["secret"][:16] in said]
