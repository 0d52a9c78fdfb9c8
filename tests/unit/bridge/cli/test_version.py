"""`toolboxai version`."""

import platform
import sqlite3

import pytest

from bridge.about.service import PROTOCOL

from .conftest import Run


def test_the_versions_of_the_program_and_its_parts_are_shown(run: Run) -> None:
    told = run("version", "--json").told

    assert ["toolboxai", "protocol", "python", "core", "sqlite"] == list(told)
    assert (platform.python_version(), sqlite3.sqlite_version) == (told["python"], told["sqlite"])
    assert 12 == len(told["core"])
    assert {"lowest": PROTOCOL.lowest, "highest": PROTOCOL.highest} == told["protocol"]


@pytest.mark.parametrize(("highest", "shown"), [(1, "1"), (3, "1 to 3")])
def test_people_see_the_same_line_by_line(highest: int, shown: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.protocol_range.HIGHEST", highest)
    told = run("version", "--json").told | {"protocol": shown}

    assert told == dict(line.split(maxsplit=1) for line in run("version").out.splitlines())
