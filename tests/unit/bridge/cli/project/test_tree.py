"""`toolboxai tree`."""

from pathlib import Path

from tests.unit.bridge.cli.conftest import Run
from tests.unit.bridge.cli.project.conftest import LAMP


def test_it_shows_what_becomes_what(run: Run, game: Path) -> None:
    assert game.is_dir()
    shown = run("tree")

    expected = [
        "game (Folder)  default.project.json",
        "  greet (ModuleScript)  src/greet.luau",
        "  lamp (PointLight)  src/lamp.model.json",
    ]
    assert (0, expected, "") == (shown.code, shown.out.splitlines(), shown.err)


def test_in_json_it_says_all_of_it(run: Run, game: Path) -> None:
    told = run("tree", "--json").told

    greet = {"name": "greet", "class": "ModuleScript", "depth": 1, "files": [str(game / "src" / "greet.luau")]}
    assert ("game", [], greet) == (told["name"], told["diagnostics"], told["tree"][1])
    assert {"name", "tree", "diagnostics"} == set(told)


def test_the_hash_is_of_what_the_project_is_and_of_nothing_else(run: Run, game: Path) -> None:
    def hashed() -> str:
        digest, count = run("tree", "--hash").out.splitlines()[-1].split("  ")
        assert ("3 instances", 64) == (count, len(digest))
        return str(digest)

    before = hashed()
    (game / "src" / "greet.luau").write_bytes(b"return 1\r\n")
    (game / "src" / "lamp.model.json").write_text('{"properties": {"Brightness": 1.5}, "className": "PointLight"}')
    assert before == hashed() == run("tree", "--hash", "--json").told["hash"]

    (game / "src" / "lamp.model.json").write_text(LAMP % "2")
    assert before != hashed()


def test_what_the_hash_says_nothing_of_is_named(run: Run, game: Path) -> None:
    (game / "src" / "far.model.json").write_text('{"className": "IntValue", "properties": {"Value": 9007199254740994}}')

    shown = run("tree", "--hash")

    assert "not proven: far.Value: values of its type are not hashed" in shown.out.splitlines()
    told = run("tree", "--hash", "--json").told["not_proven"]
    assert [{"path": ["far"], "name": "Value", "reason": "type"}] == told


def test_what_is_wrong_is_left_out_and_told_and_the_rest_shown(run: Run, broken: Path) -> None:
    assert broken.is_dir()
    shown = run("tree")

    assert (12, 2) == (shown.code, shown.err.count(": error: "))
    assert ["game", "greet", "lamp"] == [line.split()[0] for line in shown.out.splitlines()]
    in_json = run("tree", "--json")
    assert (12, 2, "") == (in_json.code, len(in_json.told["diagnostics"]), in_json.err)


def test_a_name_cannot_order_a_terminal_about(run: Run, game: Path) -> None:
    (game / "src" / "a\x1b[2Jb.txt").write_text("")

    assert "\x1b" not in run("tree").out
