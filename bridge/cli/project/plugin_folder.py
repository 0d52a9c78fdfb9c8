"""Where Roblox Studio looks for plugins."""

from collections.abc import Mapping
from pathlib import Path

from backend.errors import UsageError


def plugin_folder(platform: str, environ: Mapping[str, str]) -> Path:
    """Return the folder on this platform, a value of `sys.platform`."""
    if platform == "win32":
        return _below(environ, "LOCALAPPDATA", "Roblox", "Plugins")
    if platform == "darwin":
        return _below(environ, "HOME", "Documents", "Roblox", "Plugins")
    raise UsageError(
        "there is no Roblox Studio for this system, so no folder of plugins either: write it with --output FILE"
    )


def _below(environ: Mapping[str, str], variable: str, *parts: str) -> Path:
    home = environ.get(variable)
    if not home:
        raise UsageError(f"{variable} is not set, so nobody knows where Studio's plugins are: use --output FILE")
    return Path(home).joinpath(*parts)
