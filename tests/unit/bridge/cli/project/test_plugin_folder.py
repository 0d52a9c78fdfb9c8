"""Where Roblox Studio looks for plugins."""

from pathlib import Path

import pytest

from backend.errors import UsageError
from bridge.cli.project.plugin_folder import plugin_folder


def test_each_system_with_a_studio_has_a_folder() -> None:
    environ = {"LOCALAPPDATA": "/local", "HOME": "/home/ada"}

    assert Path("/local/Roblox/Plugins") == plugin_folder("win32", environ)
    assert Path("/home/ada/Documents/Roblox/Plugins") == plugin_folder("darwin", environ)


@pytest.mark.parametrize("platform", ["linux", "freebsd14"])
def test_elsewhere_the_way_out_is_named(platform: str) -> None:
    with pytest.raises(UsageError, match="--output FILE"):
        plugin_folder(platform, {"HOME": "/home/ada", "LOCALAPPDATA": "/local"})


@pytest.mark.parametrize(("platform", "variable"), [("win32", "LOCALAPPDATA"), ("darwin", "HOME")])
def test_a_system_that_does_not_say_where_is_told_so(platform: str, variable: str) -> None:
    for environ in ({}, {variable: ""}):
        with pytest.raises(UsageError, match=f"{variable} is not set"):
            plugin_folder(platform, environ)
