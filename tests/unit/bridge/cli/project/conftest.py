"""A project in the folder that the commands run in."""

from pathlib import Path

import pytest

PROJECT = '{"name": "game", "tree": {"$path": "src"}}'
LAMP = '{\n  "className": "PointLight",\n  "properties": {"Brightness": %s}\n}\n'


@pytest.fixture
def game(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a Folder with a script and a lamp."""
    folder = home / "game"
    (folder / "src").mkdir(parents=True)
    (folder / "default.project.json").write_text(PROJECT, "utf-8")
    (folder / "src" / "greet.luau").write_text("return 1\n", "utf-8")
    (folder / "src" / "lamp.model.json").write_text(LAMP % "1.5", "utf-8")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def broken(game: Path) -> Path:
    """The same with two files that are wrong, each in its way."""
    (game / "src" / "lamp.model.json").write_text(LAMP % '"bright"', "utf-8")
    (game / "src" / "words.json").write_text("{\n", "utf-8")
    return game
