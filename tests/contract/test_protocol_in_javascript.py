"""The worked bytes of the protocol hold with the cryptography of another language, Node's alone."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.contract.make_protocol import VECTORS

CHECK = Path(__file__).with_name("protocol.mjs")


def checked(path: Path, *how: str) -> list[str]:
    node = shutil.which("node")
    assert node, "there is no node on this machine: run `make tools`"
    told = subprocess.run((node, CHECK, path, *how), capture_output=True, text=True, check=True, timeout=120).stdout
    found: list[str] = json.loads(told)
    return found


@pytest.fixture
def worked() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(VECTORS.read_text("utf-8"))
    return document


def written(path: Path, document: dict[str, Any]) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_the_worked_bytes_hold() -> None:
    assert [] == checked(VECTORS)


def test_each_value_is_checked() -> None:
    assert [] == checked(VECTORS, "unnoticed")


def test_a_value_that_nothing_checks_is_found(worked: dict[str, Any], tmp_path: Path) -> None:
    worked["answers"][0]["more"] = "00"

    assert ["answers.0.more"] == checked(written(tmp_path / "protocol.json", worked), "unnoticed")


def test_what_does_not_hold_is_named(worked: dict[str, Any], tmp_path: Path) -> None:
    worked["openings"][1]["endorsement"]["message"] = "00"
    worked["pairings"][2]["digits_text"] = "000000"

    assert ["pairings[2]: digits", "openings[1]: endorsement.message"] == checked(
        written(tmp_path / "protocol.json", worked)
    )


def test_a_part_without_cases_does_not_hold(worked: dict[str, Any], tmp_path: Path) -> None:
    worked["answers"] = []

    assert ["answers: there are none"] == checked(written(tmp_path / "protocol.json", worked))
