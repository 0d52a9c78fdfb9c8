"""The files of a new project."""

import json

import pytest

from bridge.cli.project.templates import KINDS, files


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["game", 'a "game"', "back\\slash", "\u00fcber", "line\nbreak", "\u202e"])
def test_any_name_of_a_folder_is_the_name_of_a_project(kind: str, name: str) -> None:
    project = files(kind, name, git=False)["default.project.json"]  # type: ignore[arg-type]

    assert name == json.loads(project)["name"]


def test_lists_of_numbers_stand_on_one_line() -> None:
    project = files("place", "game", git=False)["default.project.json"]

    assert '"Size": [512, 16, 512]\n' in project
    assert '"CFrame": [0, -8, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1],\n' in project


def test_a_name_is_a_text_of_luau() -> None:
    plugin = files("plugin", 'a "b" \\ \n', git=False)["src/init.server.luau"]

    assert 'plugin:CreateToolbar("a \\"b\\" \\\\ \\u{a}")' in plugin
