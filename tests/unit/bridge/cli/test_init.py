"""`toolboxai init`."""

import json
from pathlib import Path

import pytest

from tests.unit.bridge.cli.conftest import Run

KINDS = ("place", "plugin", "model")


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_what_it_wrote(kind: str, run: Run, home: Path) -> None:
    begun = run("init", str(home / "my game"), "--kind", kind, "--json")

    written = contents(home / "my game")
    assert (0, sorted(written)) == (begun.code, sorted(begun.told["files"]))
    assert "my game" == begun.told["name"] == json.loads(written["default.project.json"])["name"]
    assert kind == begun.told["kind"]


def test_it_says_how_to_build_it(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)

    assert "  toolboxai build 'my game' --output place.rbxl" == run("init", "my game").out.splitlines()[1]

    (home / "here").mkdir()
    monkeypatch.chdir(home / "here")
    assert "  toolboxai build --output model.rbxm" == run("init", "--kind", "model").out.splitlines()[1]
    assert "here" == json.loads((home / "here" / "default.project.json").read_text("utf-8"))["name"]


def test_the_list_of_what_git_leaves_out_comes_unless_nobody_wants_it(run: Run, home: Path) -> None:
    run("init", str(home / "with"))
    run("init", str(home / "without"), "--skip-git")

    assert ".gitignore" in contents(home / "with")
    assert set(contents(home / "with")) - {".gitignore"} == set(contents(home / "without"))


@pytest.mark.parametrize("there", ["default.project.json", "src/server/init.server.luau", ".gitignore"])
def test_nothing_is_written_over_and_then_nothing_at_all(there: str, run: Run, home: Path) -> None:
    mine = home / "game" / there
    mine.parent.mkdir(parents=True)
    mine.write_text("mine", "utf-8")

    refused = run("init", str(home / "game"))

    assert (2, "") == (refused.code, refused.out)
    assert f"toolboxai: {mine} is already there: name another folder, or move it away\n" == refused.err
    assert {there: "mine"} == contents(home / "game")


def test_a_link_is_not_followed_to_what_it_names(run: Run, home: Path) -> None:
    (home / "game").mkdir()
    (home / "game" / "default.project.json").symlink_to(home / "elsewhere")

    assert 2 == run("init", str(home / "game")).code
    assert not (home / "elsewhere").exists()


def test_what_is_in_the_way_leaves_nothing_behind(run: Run, home: Path) -> None:
    (home / "game").mkdir()
    (home / "game" / "src").write_text("mine", "utf-8")

    refused = run("init", str(home / "game"))

    assert (2, {"src": "mine"}) == (refused.code, contents(home / "game"))
    assert 2 == run("init", str(home / "game" / "src")).code


def test_a_folder_that_cannot_be_made_is_named(run: Run) -> None:
    refused = run("init", "/proc/nothing/game")

    assert (13, "") == (refused.code, refused.out)
    assert refused.err.startswith("toolboxai: /proc/nothing")
    assert 1 == refused.err.count("\n")


def test_a_kind_that_there_is_not_is_refused(run: Run, home: Path) -> None:
    assert 2 == run("init", str(home / "game"), "--kind", "world").code
    assert not (home / "game").exists()
