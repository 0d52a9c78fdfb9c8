"""The default data folder of each platform."""

from pathlib import PurePath, PurePosixPath, PureWindowsPath

import pytest

from bridge.settings.data_folder import default_data_dir, whole_path


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"HOME": "/home/ada"}, PurePosixPath("/home/ada/.local/share/toolboxai")),
        ("linux", {"HOME": "/home/ada", "XDG_DATA_HOME": "/data"}, PurePosixPath("/data/toolboxai")),
        ("linux", {"XDG_DATA_HOME": "/data"}, PurePosixPath("/data/toolboxai")),
        ("linux", {"HOME": "/home/ada", "XDG_DATA_HOME": "data"}, PurePosixPath("/home/ada/.local/share/toolboxai")),
        ("linux", {"HOME": "/home/ada", "XDG_DATA_HOME": ""}, PurePosixPath("/home/ada/.local/share/toolboxai")),
        ("freebsd14", {"HOME": "/home/ada"}, PurePosixPath("/home/ada/.local/share/toolboxai")),
        ("darwin", {"HOME": "/Users/ada"}, PurePosixPath("/Users/ada/Library/Application Support/toolboxai")),
        (
            "darwin",
            {"HOME": "/Users/ada", "XDG_DATA_HOME": "/data"},
            PurePosixPath("/Users/ada/Library/Application Support/toolboxai"),
        ),
        ("win32", {"LOCALAPPDATA": r"D:\Local"}, PureWindowsPath(r"D:\Local\toolboxai")),
        (
            "win32",
            {"USERPROFILE": r"C:\Users\ada"},
            PureWindowsPath(r"C:\Users\ada\AppData\Local\toolboxai"),
        ),
        (
            "win32",
            {"LOCALAPPDATA": "Local", "USERPROFILE": r"C:\Users\ada"},
            PureWindowsPath(r"C:\Users\ada\AppData\Local\toolboxai"),
        ),
    ],
)
def test_each_platform_has_its_own_place(platform: str, environ: dict[str, str], expected: PurePath) -> None:
    assert expected == default_data_dir(platform, environ)


@pytest.mark.parametrize(
    ("platform", "environ", "told"),
    [
        ("linux", {}, "HOME is not set"),
        ("linux", {"HOME": ""}, "HOME is not set"),
        ("linux", {"HOME": "ada"}, "HOME is not an absolute path"),
        ("linux", {"HOME": "/home/a\nda"}, "HOME is not an absolute path"),
        ("darwin", {}, "HOME is not set"),
        ("win32", {"HOME": "/home/ada"}, "USERPROFILE is not set"),
        ("win32", {"USERPROFILE": r"\Users\ada"}, "USERPROFILE is not an absolute path"),
    ],
)
def test_without_a_home_the_variable_is_named(platform: str, environ: dict[str, str], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        default_data_dir(platform, environ)


@pytest.mark.parametrize(
    ("text", "platform", "expected"),
    [
        ("/srv/bridge/", "linux", PurePosixPath("/srv/bridge")),
        ("~", "linux", PurePosixPath("/home/ada")),
        ("~/x", "darwin", PurePosixPath("/home/ada/x")),
        (r"D:\bridge", "win32", PureWindowsPath(r"D:\bridge")),
        ("D:/bridge", "win32", PureWindowsPath(r"D:\bridge")),
        (r"\\server\share\bridge", "win32", PureWindowsPath(r"\\server\share\bridge")),
        (r"~\bridge", "win32", PureWindowsPath(r"C:\Users\ada\bridge")),
    ],
)
def test_a_path_is_read_by_the_rules_of_the_platform(text: str, platform: str, expected: PurePath) -> None:
    environ = {"HOME": "/home/ada", "USERPROFILE": r"C:\Users\ada"}

    assert expected == whole_path(text, platform, environ)


@pytest.mark.parametrize(
    ("text", "platform"),
    [
        ("srv", "linux"),
        ("./srv", "linux"),
        ("~ada/x", "linux"),
        (r"C:\x", "linux"),
        ("", "linux"),
        ("/srv/\x00", "linux"),
        ("/srv/\udcff", "linux"),
        ("/srv", "win32"),
        (r"C:bridge", "win32"),
    ],
)
def test_a_path_that_depends_on_something_else_is_refused(text: str, platform: str) -> None:
    with pytest.raises(ValueError, match=r"not (an absolute path|printable)"):
        whole_path(text, platform, {"HOME": "/home/ada", "USERPROFILE": r"C:\Users\ada"})
