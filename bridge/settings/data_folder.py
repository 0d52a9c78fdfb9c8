"""Where the data of a bridge lies when nobody says so, and which folders can be named."""

from collections.abc import Mapping
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Final

_NAME: Final = "toolboxai"
_WINDOWS: Final = "win32"
_MACOS: Final = "darwin"


def is_windows(platform: str) -> bool:
    return platform == _WINDOWS


def default_data_dir(platform: str, environ: Mapping[str, str]) -> PurePath:
    """Return the folder that the platform keeps for a program's data; ValueError says what is missing."""
    if is_windows(platform):
        local = _absolute(platform, environ.get("LOCALAPPDATA", ""))
        return local / _NAME if local else home(platform, environ) / "AppData" / "Local" / _NAME
    if platform == _MACOS:
        return home(platform, environ) / "Library" / "Application Support" / _NAME
    # A relative XDG_DATA_HOME is to be ignored, says its specification.
    shared = _absolute(platform, environ.get("XDG_DATA_HOME", ""))
    return shared / _NAME if shared else home(platform, environ) / ".local" / "share" / _NAME


def home(platform: str, environ: Mapping[str, str]) -> PurePath:
    name = "USERPROFILE" if is_windows(platform) else "HOME"
    found = _absolute(platform, environ.get(name, ""))
    if found is None:
        state = "is not an absolute path" if environ.get(name) else "is not set"
        raise ValueError(f"{name} {state}")
    return found


def whole_path(text: str, platform: str, environ: Mapping[str, str]) -> PurePath:
    """Return the path that a person wrote into a setting (`~/` is the home folder), or raise ValueError.

    A relative path is refused: it would mean another place for each way in which the program is started.
    """
    if not text.isprintable():
        raise ValueError("a character in it is not printable")
    pure = PureWindowsPath(text) if is_windows(platform) else PurePosixPath(text)
    if pure.parts[:1] == ("~",):
        return home(platform, environ).joinpath(*pure.parts[1:])
    found = _absolute(platform, text)
    if found is None:
        raise ValueError("not an absolute path")
    return found


def absolute_file(text: str, *, windows: bool) -> str:
    """Return the path of a file that a setting names, or raise ValueError."""
    found = _absolute(_WINDOWS if windows else "", text.strip())
    if found is None:
        raise ValueError("is not an absolute path")
    return str(found)


def _absolute(platform: str, text: str) -> PurePath | None:
    path = PureWindowsPath(text) if is_windows(platform) else PurePosixPath(text)
    return path if path.is_absolute() and text.isprintable() else None
