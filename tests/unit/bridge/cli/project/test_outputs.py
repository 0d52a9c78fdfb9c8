"""Which file a build makes, and of which kind."""

from pathlib import Path

import pytest

from backend.errors import UsageError
from bridge.cli.project.outputs import KINDS, Output


@pytest.mark.parametrize("kind", KINDS)
def test_the_ending_says_what_is_written(kind: str, tmp_path: Path) -> None:
    assert Output(tmp_path / f"a.b.{kind}", kind) == Output.named(tmp_path / f"a.b.{kind}")  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["game", "game.rbx", "rbxl", "game.RBXL", "game.rbxl.bak", ".rbxl/x"])
def test_another_ending_is_refused_with_those_that_there_are(name: str, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"does not say what to build: let it end in \.rbxl, \.rbxlx, \.rbxm or \.rbxmx"
    ):
        Output.named(tmp_path / name)


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    (tmp_path / "a.rbxl").mkdir()

    with pytest.raises(UsageError, match="is a folder"):
        Output.named(tmp_path / "a.rbxl")


def test_a_plugin_lies_in_the_folder_of_plugins_which_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "Roblox" / "Plugins"

    assert Output(folder / "my.rbxm", "rbxm") == Output.plugin("my.rbxm", folder)
    assert folder.is_dir()


@pytest.mark.parametrize("name", ["", ".", "..", "../my.rbxm", "/my.rbxm", "a/my.rbxm", "a\\my.rbxm"])
def test_a_plugin_has_a_name_and_no_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no file name"):
        Output.plugin(name, tmp_path / "Plugins")
    assert not (tmp_path / "Plugins").exists()


def test_a_place_is_no_plugin(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"let it end in \.rbxm or \.rbxmx"):
        Output.plugin("my.rbxl", tmp_path)
