"""`toolboxai sessions`: what is open is listed and ended; `toolboxai keys list` counts what needs each version."""

import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from .conftest import Ended, Run

Open = Callable[..., None]
DEVICE, OTHER = "01m5y".ljust(26, "0"), "01m6y".ljust(26, "0")


@pytest.fixture
def do(run: Run, home: Path, migrated_folder: Path) -> Run:
    shutil.copytree(migrated_folder, home / "data")

    def do_it(*words: str, **environ: str) -> Ended:
        return run(*words, "--data-dir", str(home / "data"), **environ)

    return do_it


@pytest.fixture
def school(do: Run) -> str:
    made: str = do("tenants", "create", "Hillside", "--json").told["id"]
    return made


@pytest.fixture
def opened(home: Path, school: str) -> Open:
    """Write down a session as its opening does."""

    def open_it(sid: str, holder: str = DEVICE, *, version: int = 1, ago_seconds: int = 60) -> None:
        values = {
            "sid": sid,
            "epoch": "00000000000000ab",
            "tenant_id": school,
            "kind": "device",
            "holder_id": holder,
            "scopes": '["sync"]',
            "place_id": 7,
            "master_version": version,
            "opened_at": int(time.time() - ago_seconds) * 1000,
            "ends_at": int(time.time() - ago_seconds + 900) * 1000,
        }
        _insert(home, "bridge_sessions", values)

    return open_it


def _insert(home: Path, table: str, values: dict[str, Any]) -> None:
    with closing(sqlite3.connect(home / "data" / "toolboxai.db")) as database, database:
        marks = ", ".join("?" * len(values))
        database.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))  # noqa: S608 - names of the test


def listed(do: Run, school: str, *words: str) -> list[str]:
    return [each["sid"] for each in do("sessions", "list", school, *words, "--json").told["sessions"]]


def test_what_lives_is_listed_and_what_has_ended_is_not(do: Run, school: str, opened: Open) -> None:
    opened("b")
    opened("a", OTHER)
    opened("c", ago_seconds=961)
    assert ["a", "b"] == listed(do, school)
    assert ["b"] == listed(do, school, "--holder", DEVICE)
    assert ["b"] == listed(do, school, "--after", "a")
    header, first, _ = do("sessions", "list", school).out.splitlines()
    assert ["ID", "STATE", "OF", "HOLDER"] == header.split()[:4]
    assert ["a", "live", "device", OTHER] == first.split()[:4]


def test_sessions_of_a_suspended_tenant_are_shown_as_stopped(do: Run, school: str, opened: Open) -> None:
    opened("a")
    assert 0 == do("tenants", "suspend", school).code
    assert "stopped" == do("sessions", "list", school).out.splitlines()[1].split()[1]


@pytest.mark.parametrize(
    ("words", "left"), [(("a",), ["b", "c"]), (("--holder", DEVICE), ["c"]), (("--all",), [])], ids=str
)
def test_one_those_of_a_holder_or_all_are_ended(
    do: Run, school: str, opened: Open, words: tuple[str, ...], left: list[str]
) -> None:
    opened("a")
    opened("b")
    opened("c", OTHER)
    assert {"ended": 3 - len(left)} == do("sessions", "revoke", school, *words, "--json").told
    assert left == listed(do, school)


def test_a_session_that_is_not_there_is_said_to_be_none(do: Run, school: str, opened: Open) -> None:
    opened("a", ago_seconds=961)
    assert (2, "toolboxai: There is nothing at this address.\n") == (
        (ended := do("sessions", "revoke", school, "a")).code,
        ended.err,
    )


@pytest.mark.parametrize("words", [(), ("a", "--all"), ("--holder", DEVICE, "--all")])
def test_what_is_to_be_ended_has_to_be_said_once(do: Run, school: str, words: tuple[str, ...]) -> None:
    ended = do("sessions", "revoke", school, *words)
    assert 2 == ended.code
    assert "say which: the id of a session" in ended.err


def test_each_version_of_the_master_key_is_shown_with_what_needs_it(
    do: Run, home: Path, school: str, opened: Open
) -> None:
    opened("a")
    opened("b", version=2)
    opened("c", version=2)
    opened("d", version=1, ago_seconds=961)
    for number, versions in enumerate(((1, None, None), (1, 2, None), (2, None, None), (1, None, 5))):
        device = {
            "tenant_id": school,
            "id": f"{number}".ljust(26, "0"),
            "kind": "studio",
            "name": "A",
            "scopes": "[]",
            "master_version": versions[0],
            "generation": 1,
            "next_master_version": versions[1],
            "approved_at": int(time.time() * 1000),
            "approved_by_kind": "system",
            "approved_by": "command_line",
            "revoked_at": versions[2],
            "version": 1,
        }
        _insert(home, "devices", device)
        _insert(home, "device_places", {"device_id": device["id"], "tenant_id": school})
    assert 0 == do("keys", "rotate").code
    found = do("keys", "list", "--json").told["keys"]
    assert [(1, 2, 1), (2, 2, 2)] == [(each["version"], each["devices"], each["sessions"]) for each in found]
    assert ["DEVICES", "SESSIONS"] == do("keys", "list").out.splitlines()[0].split()[-2:]
