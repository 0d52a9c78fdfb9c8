"""The Windows gate compiles both faces of the crate, or says in one line that it did not."""

from pathlib import Path

import pytest

from gates import windows
from gates.tools import Tool

USED_BY = "the windows gate"


@pytest.fixture
def cargo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cargo that notes what it is asked and refuses what `refuses` names."""
    script = tmp_path / "cargo"
    script.write_text(
        f'#!/bin/sh\necho "$*" >>{tmp_path}/asked\n! grep -q -- "$(cat {tmp_path}/refuses)" {tmp_path}/asked\n'
    )
    script.chmod(0o755)
    (tmp_path / "refuses").write_text("never asked")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path


def have(monkeypatch: pytest.MonkeyPatch, *, present: bool) -> None:
    monkeypatch.setattr(windows, "TOOLS", (Tool("gcc for Windows", USED_BY, lambda: present),))


def test_it_compiles_plain_and_with_the_binding(cargo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    have(monkeypatch, present=True)

    assert 0 == windows.main()
    plain, binding = (cargo / "asked").read_text().splitlines()
    assert "--target x86_64-pc-windows-gnu" in plain
    assert f"{plain} --features python" == binding


def test_a_face_that_does_not_compile_is_named(
    cargo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    have(monkeypatch, present=True)
    (cargo / "refuses").write_text("--features python")

    assert 1 == windows.main()
    assert "does not compile for x86_64-pc-windows-gnu (--features python)" in capsys.readouterr().out


def test_without_the_tools_it_is_left_out_and_says_so(
    cargo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    have(monkeypatch, present=False)

    assert 0 == windows.main()
    assert capsys.readouterr().out.startswith("left out, the core was not compiled for Windows: no gcc for Windows")
    assert not (cargo / "asked").exists()
