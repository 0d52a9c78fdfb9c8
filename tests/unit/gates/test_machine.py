"""gates/machine.sh says in one sentence each what a machine lacks, before anything is made on it."""

import os
import subprocess
from pathlib import Path

import pytest

from gates.tree import ROOT

GOOD = {
    "python3": "exit 0",
    "cargo": "exit 0",
    "rustc": "echo 'rustc 1.89.0 (x 2025-06-23)'",
    "cc": "exit 0",
}


def asked(tmp_path: Path, programs: dict[str, str]) -> tuple[int, list[str]]:
    """Run the script where only these programs are to be found."""
    for name, script in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(0o755)
    ended = subprocess.run(
        ("/bin/sh", ROOT / "gates/machine.sh"),
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stderr.splitlines()


def test_a_machine_with_everything_is_silent(tmp_path: Path) -> None:
    assert (0, []) == asked(tmp_path, GOOD)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"python3": None}, "make: there is no python3: install Python 3.11 or newer"),
        (
            {"python3": 'case "$1" in -V) echo Python 3.9.2;; *) exit 1;; esac'},
            "make: python3 is Python 3.9.2, and 3.11",
        ),
        ({"python3": 'case "$2" in *venv*) exit 1;; esac'}, "make: python3 has no venv module: install it"),
        ({"cargo": None}, "make: there is no cargo: install Rust 1.89 or newer"),
        ({"rustc": "echo 'rustc 1.75.0 (x)'"}, "make: rustc is 1.75.0, and 1.89 is the oldest"),
        ({"rustc": "exit 1"}, "make: rustc is not there, and 1.89 is the oldest"),
        ({"cc": None}, "make: there is no C compiler called cc"),
    ],
)
def test_each_lack_is_one_sentence(tmp_path: Path, changed: dict[str, str | None], said: str) -> None:
    programs = {name: script for name, script in (GOOD | changed).items() if script is not None}

    code, lines = asked(tmp_path, programs)

    assert 1 == code
    assert [True] == [line.startswith(said) for line in lines], lines


def test_everything_that_is_missing_is_said_at_once(tmp_path: Path) -> None:
    code, lines = asked(tmp_path, {})

    assert (1, 3) == (code, len(lines))


@pytest.mark.parametrize("version", ["1.89.0", "1.95.0-nightly", "2.0.0"])
def test_a_newer_compiler_is_fine(tmp_path: Path, version: str) -> None:
    assert (0, []) == asked(tmp_path, GOOD | {"rustc": f"echo rustc {version}"})


def test_the_versions_are_those_of_the_project() -> None:
    script = (ROOT / "gates/machine.sh").read_text("utf-8")

    assert 'requires-python = ">=3.11"' in (ROOT / "pyproject.toml").read_text("utf-8")
    assert 'rust-version = "1.89"' in (ROOT / "Cargo.toml").read_text("utf-8")
    assert "(3, 11)" in script
    assert "-ge 88" in script


def test_the_real_machine_is_fit() -> None:
    ended = subprocess.run(("sh", "gates/machine.sh"), cwd=ROOT, env=dict(os.environ), capture_output=True, check=False)

    assert (0, b"") == (ended.returncode, ended.stderr)
