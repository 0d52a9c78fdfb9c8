"""What is missing is installed where that is allowed, and else named in one sentence with the command to type."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from gates import tools
from gates.tools import Tool


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The commands that would have been run; none is."""
    run: list[Sequence[str]] = []

    def note(command: Sequence[str], _limit_seconds: float = 0) -> bool:
        run.append(command)
        return True

    monkeypatch.setattr(tools, "quietly", note)
    return run


def missing(**more: object) -> Tool:
    return Tool("compass", "a test", lambda: False, **more)  # type: ignore[arg-type]


def as_somebody(monkeypatch: pytest.MonkeyPatch, *, root: bool) -> None:
    monkeypatch.setattr(tools, "may_use_apt", lambda: root)


def test_what_is_there_is_not_installed(commands: list[Sequence[str]], capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 == tools.main([Tool("compass", "a test", lambda: True, debian=("compass",))])
    assert [] == commands
    assert "tools: compass\n" == capsys.readouterr().out


def test_root_on_debian_installs_its_package(monkeypatch: pytest.MonkeyPatch, commands: list[Sequence[str]]) -> None:
    as_somebody(monkeypatch, root=True)

    tools.install([missing(debian=("compass", "needle"))])

    assert ["update", "install"] == [command[2] for command in commands]
    assert ("compass", "needle") == tuple(commands[1][-2:])


def test_everybody_else_installs_nothing_and_is_told_what_to_type(
    monkeypatch: pytest.MonkeyPatch, commands: list[Sequence[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    as_somebody(monkeypatch, root=False)

    assert 1 == tools.main([missing(debian=("compass",))])
    assert [] == commands
    assert "compass is missing (a test): type `apt-get install compass" in capsys.readouterr().out


def test_a_component_comes_from_rustup_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, commands: list[Sequence[str]]
) -> None:
    as_somebody(monkeypatch, root=True)
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    present = iter([False, True])
    tool = Tool("compass", "a test", lambda: next(present), debian=("compass",), rustup=("component", "add", "compass"))

    assert not tool.present()
    tools.install([tool])

    assert [("rustup", "component", "add", "compass")] == commands


def test_a_tool_of_cargos_is_built_in_the_projects_own_folder(
    monkeypatch: pytest.MonkeyPatch, commands: list[Sequence[str]]
) -> None:
    as_somebody(monkeypatch, root=False)
    tool = missing(cargo=("install", "--root", ".tools", "compass"))

    tools.install([tool])

    assert [("cargo", "install", "--root", ".tools", "compass")] == commands
    assert "cargo install --root .tools compass" == tool.command


def test_a_tool_that_a_module_of_ours_installs_comes_last(
    monkeypatch: pytest.MonkeyPatch, commands: list[Sequence[str]]
) -> None:
    as_somebody(monkeypatch, root=True)
    tool = missing(module="gates.compass")

    tools.install([tool, missing(debian=("needle",))])

    assert ["apt-get", "apt-get", "gates.compass"] == [command[0] for command in commands[:2]] + [commands[2][-1]]
    assert "python3 -m gates.compass" == tool.command


def test_a_tool_of_an_optional_check_is_no_failure_but_is_said(
    monkeypatch: pytest.MonkeyPatch, commands: list[Sequence[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    as_somebody(monkeypatch, root=False)

    assert 0 == tools.main([missing(debian=("compass",), needed=False)])
    assert "its check will be left out" in capsys.readouterr().out
    assert [] == commands


@pytest.mark.parametrize("tool", tools.TOOLS, ids=lambda tool: tool.name)
def test_every_tool_of_the_table_can_be_had_somehow(tool: Tool) -> None:
    assert tool.debian or tool.rustup or tool.cargo or tool.module
    assert tool.command


def test_a_program_that_hangs_counts_as_missing() -> None:
    assert not tools.quietly(("sleep", "30"), 0.05)


def test_a_program_that_is_not_there_counts_as_missing() -> None:
    assert not tools.answers("no-such-program", "--version")()
    assert not tools.on_path("no-such-program")()


def test_the_target_for_windows_is_looked_for_beside_the_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rustc").write_text(f"#!/bin/sh\necho {tmp_path}/lib\n")
    (tmp_path / "rustc").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert not tools.has_windows_target()
    (tmp_path / "lib").mkdir()
    assert tools.has_windows_target()
    (tmp_path / "rustc").unlink()
    assert not tools.has_windows_target()


def test_only_root_on_debian_may_install() -> None:
    assert tools.may_use_apt() == (os.geteuid() == 0 and Path("/etc/debian_version").exists())
