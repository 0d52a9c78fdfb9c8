"""`toolboxai sourcemap`."""

import json
from pathlib import Path
from typing import Any

from tests.unit.bridge.cli.conftest import Run


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def test_it_says_which_file_makes_which_script(run: Run, game: Path) -> None:
    written = run("sourcemap", "-o", "sourcemap.json")

    assert (0, "sourcemap.json: written.\n", "") == (written.code, written.out, written.err)
    greet = {"name": "greet", "className": "ModuleScript", "filePaths": ["src/greet.luau"]}
    whole = {"name": "game", "className": "Folder", "filePaths": ["default.project.json"], "children": [greet]}
    assert whole == read(game / "sourcemap.json")


def test_without_a_file_it_is_what_is_printed(run: Run, game: Path) -> None:
    run("sourcemap", "-o", "sourcemap.json")

    assert read(game / "sourcemap.json") == run("sourcemap").told == run("sourcemap", "--json").told


def test_what_is_no_script_is_listed_where_it_is_asked_for(run: Run, game: Path) -> None:
    assert game.is_dir()
    names = [each["name"] for each in run("sourcemap", "--include-non-scripts").told["children"]]

    assert ["greet", "lamp"] == names


def test_paths_are_whole_where_it_is_asked_for(run: Run, game: Path) -> None:
    paths = run("sourcemap", "--absolute").told["children"][0]["filePaths"]

    assert [str(game / "src" / "greet.luau")] == paths


def test_it_is_written_without_what_is_broken_which_is_told(run: Run, broken: Path) -> None:
    written = run("sourcemap", "-o", "sourcemap.json")

    assert (12, "sourcemap.json: written.\n") == (written.code, written.out)
    assert 2 == written.err.count(": error: ")
    assert "so its sourcemap lacks what they are about" in written.err.splitlines()[-1]
    assert ["greet"] == [each["name"] for each in read(broken / "sourcemap.json")["children"]]


def test_in_json_what_is_wrong_is_in_the_answer(run: Run, broken: Path) -> None:
    assert broken.is_dir()
    written = run("sourcemap", "-o", "sourcemap.json", "--json")

    assert (12, "", 2) == (written.code, written.err, len(written.told["diagnostics"]))
    assert ("written", "sourcemap.json") == (written.told["event"], written.told["output"])
