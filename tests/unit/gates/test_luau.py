"""The gate of types asks the checker for every file, both ways where Studio does, and tells what it said."""

from pathlib import Path

import pytest

from gates import luau
from gates.luau import ANALYSES, COMING, HOME, ROBLOX
from gates.tree import ROOT, files
from tests.unit.gates.conftest import Checkout


@pytest.fixture
def root(checkout: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with Luau in it, and a checker that notes what it is asked and refuses the word `bad`."""
    script = tmp_path / "luau-analyze"
    look = 'for word; do [ -f "$word" ] && grep -Hn bad "$word" && exit 1; done\nexit 0\n'
    script.write_text(f'#!/bin/sh\necho "$*" >>{tmp_path}/asked\n{look}')
    script.chmod(0o755)
    monkeypatch.setattr(luau, "program", lambda: script)
    return checkout({f"{HOME}/shared/A.luau": "good", f"{HOME}/tests/a/b.spec.luau": "good", ROBLOX: "good"})


def asked(tmp_path: Path) -> list[str]:
    return (tmp_path / "asked").read_text().splitlines()


def test_what_is_shared_is_checked_by_both_checkers_without_knowing_roblox(root: Path, tmp_path: Path) -> None:
    assert 0 == luau.main(root)
    first, second, tests = asked(tmp_path)
    assert COMING not in first
    assert COMING in second
    for line in (first, second):
        assert line.endswith(f" {HOME}/shared/A.luau")
        assert "--definitions" not in line
    assert f"--definitions={ROBLOX}" in tests
    assert tests.endswith(f" {HOME}/tests/a/b.spec.luau")


def test_what_the_checker_says_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / HOME / "shared" / "A.luau").write_text("bad")

    assert 1 == luau.main(root)
    assert "1:bad" in capsys.readouterr().out


def test_a_folder_without_luau_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / HOME / "shared" / "A.luau").unlink()

    assert 1 == luau.main(root)
    assert f"{HOME}/shared: holds no Luau" in capsys.readouterr().out


def test_every_file_of_luau_is_in_an_analysis() -> None:
    # The declarations are what others are checked with; the simulator's own make the globals that others may not.
    folders = tuple(f"{analysis.folder}/" for analysis in ANALYSES)
    left_out = {path for path in files(f"{HOME}/*.luau", root=ROOT) if not path.startswith(folders)}

    own = {f"{HOME}/sim/src/{name}.luau" for name in ("prelude", "streams")}
    assert {ROBLOX, luau.SIMULATOR, *own} == left_out
