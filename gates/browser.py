"""Where a browser is that the tests of pages drive."""

import shutil
from pathlib import Path
from typing import Final

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES: Final = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)


def chromium() -> str | None:
    """Return a Chromium of this machine, under whichever of its names."""
    found = (shutil.which(name) for name in _NAMES)
    return next((path for path in found if path), None) or next((each for each in _PLACES if Path(each).exists()), None)


def is_there() -> bool:
    return chromium() is not None
