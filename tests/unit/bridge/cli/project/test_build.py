"""`toolboxai build`."""

import re
from pathlib import Path

import pytest

from bridge.cli.project.outputs import KINDS
from tests.unit.bridge.cli.conftest import Run

BEGINNINGS = {"rbxl": b"<roblox!", "rbxm": b"<roblox!", "rbxlx": b"<roblox ", "rbxmx": b"<roblox "}


@pytest.mark.parametrize("kind", KINDS)
def test_it_writes_the_kind_that_the_ending_says(kind: str, run: Run, game: Path) -> None:
    built = run("build", "-o", f"out.{kind}")

    written = (game / f"out.{kind}").read_bytes()
    assert (0, "") == (built.code, built.err)
    assert BEGINNINGS[kind] == written[:8]
    # The root of a place is the place itself.
    instances = 2 if kind.startswith("rbxl") else 3
    assert f"out.{kind}: {instances} instances, {len(written):,} bytes.\n" == built.out


def test_in_json_it_says_all_of_it(run: Run, game: Path) -> None:
    told = run("build", str(game / "default.project.json"), "--output", "out.rbxm", "--json").told

    size = (game / "out.rbxm").stat().st_size
    seconds = told.pop("seconds")
    assert 0 <= seconds < 30
    assert {
        "event": "built",
        "output": "out.rbxm",
        "kind": "rbxm",
        "instances": 3,
        "bytes": size,
        "diagnostics": [],
    } == told


def test_the_same_project_gives_the_same_bytes(run: Run, game: Path) -> None:
    run("build", "-o", "one.rbxm")
    run("build", "-o", "two.rbxm")

    assert (game / "one.rbxm").read_bytes() == (game / "two.rbxm").read_bytes()


def test_all_that_is_wrong_is_named_at_its_place_and_nothing_is_written(run: Run, broken: Path) -> None:
    (broken / "out.rbxm").write_bytes(b"older")

    refused = run("build", "-o", "out.rbxm")

    lines = refused.err.splitlines()
    assert (12, "", b"older") == (refused.code, refused.out, (broken / "out.rbxm").read_bytes())
    assert re.match(r"src/lamp\.model\.json:3:\d+: error: .*: .", lines[0])
    assert re.match(r"src/words\.json:\d+:\d+: error: .", lines[1])
    assert "toolboxai: the project has 2 errors, so out.rbxm is not written" == lines[2]


def test_in_json_all_that_is_wrong_is_in_the_error(run: Run, broken: Path) -> None:
    refused = run("build", "-o", "out.rbxm", "--json")

    error = refused.told["error"]
    assert (12, "check_failed", "") == (refused.code, error["code"], refused.err)
    assert ["lamp.model.json", "words.json"] == [Path(each["path"]).name for each in error["diagnostics"]]
    keys = {"path", "line", "column", "severity", "code", "message", "help"}
    assert [keys, keys] == [set(each) for each in error["diagnostics"]]
    assert broken / "src" / "lamp.model.json" == Path(error["diagnostics"][0]["path"])


@pytest.mark.parametrize("words", [[], ["-o", "a.rbxm", "-p", "b.rbxm"]])
def test_one_of_output_and_plugin_is_named(words: list[str], run: Run, game: Path) -> None:
    refused = run("build", *words)

    assert (2, [game / "default.project.json", game / "src"]) == (refused.code, sorted(game.iterdir()))
    assert "either --output FILE or --plugin NAME" in refused.err


def test_a_plugin_goes_to_where_studio_looks(run: Run, game: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")

    built = run("build", "--plugin", "my.rbxm")

    folder = game.parent / "Documents" / "Roblox" / "Plugins"
    assert (0, ["my.rbxm"]) == (built.code, [path.name for path in folder.iterdir()])


def test_where_there_is_no_studio_the_way_out_is_named(run: Run, game: Path) -> None:
    assert game.is_dir()
    refused = run("build", "--plugin", "my.rbxm")

    assert (2, True) == (refused.code, "--output FILE" in refused.err)


@pytest.mark.parametrize("project", ["elsewhere", "src", "src/greet.luau"])
def test_what_is_no_project_is_one_line(project: str, run: Run, game: Path) -> None:
    refused = run("build", str(game / project), "-o", "out.rbxm")

    assert (2, 1) == (refused.code, refused.err.count("\n")), refused.err
    assert project.rpartition("/")[2] in refused.err
    assert not (game / "out.rbxm").exists()


def test_a_project_file_that_is_broken_is_named_at_its_place(run: Run, game: Path) -> None:
    (game / "default.project.json").write_text('{\n  "name": "game",\n  "tree": 5\n}\n', "utf-8")

    refused = run("build", "-o", "out.rbxm")

    assert 12 == refused.code
    assert refused.err.startswith("default.project.json:3:11: error: ")


def test_a_folder_that_is_not_there_is_named(run: Run, game: Path) -> None:
    assert game.is_dir()
    refused = run("build", "-o", "nowhere/out.rbxm")

    assert (True, 1) == (refused.code in {2, 13}, refused.err.count("\n"))
    assert "nowhere" in refused.err


def test_of_many_warnings_some_are_told_and_every_error(run: Run, broken: Path) -> None:
    for number in range(25):
        named = '{"name": "other", "className": "Folder"}'
        (broken / "src" / f"a{number:02}.model.json").write_text(named, "utf-8")

    refused = run("build", "-o", "out.rbxm")

    assert (20, 2) == (refused.err.count(": warning: the instance"), refused.err.count(": error: "))
    assert "toolboxai: warning: 5 more warnings; --json names all of them" in refused.err.splitlines()
    assert 27 == len(run("build", "-o", "out.rbxm", "--json").told["error"]["diagnostics"])
