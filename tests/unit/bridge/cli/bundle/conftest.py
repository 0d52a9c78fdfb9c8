"""A folder of lessons, in the folder that the commands run in."""

from pathlib import Path

import pytest


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


@pytest.fixture
def lessons(here: Path) -> Path:
    folder = here / "lessons"
    (folder / "unit").mkdir(parents=True)
    (folder / "unit" / "one.txt").write_text("one\n" * 50)
    (folder / "two.txt").write_text("two\n")
    return folder
