"""An exception as the log may show it: what kind and where. Its message may repeat a password or what a caller sent."""

import re
import traceback
from pathlib import PurePath
from typing import Final

_MOST_FRAMES: Final = 20
_MOST_LINKS: Final = 5
_OUR_PACKAGES: Final = frozenset({"backend", "bridge", "core_rs", "tests"})
_LIBRARY_FOLDER: Final = re.compile(r"site-packages|dist-packages|python3\.\d+")


def describe(error: BaseException) -> list[dict[str, object]]:
    """Return the exception and what led to it, the outermost first."""
    found: list[dict[str, object]] = []
    link: BaseException | None = error
    while link is not None and len(found) < _MOST_LINKS:
        described: dict[str, object] = {"type": _name(type(link)), "frames": _frames(link)}
        if isinstance(link, BaseExceptionGroup):
            described["inside"] = sorted({_name(type(inner)) for inner in link.exceptions})
        found.append(described)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return found


def place(path: str, line: int | None) -> str:
    """A file by its name inside its package: a whole path names the account that runs the bridge."""
    parts = PurePath(path).parts
    kept = 1
    for number, part in enumerate(reversed(parts)):
        if part in _OUR_PACKAGES:
            kept = number + 1
            break
        if _LIBRARY_FOLDER.fullmatch(part):
            kept = number
            break
    return f"{'/'.join(parts[-kept:])}:{line}"


def _frames(error: BaseException) -> list[str]:
    summary = traceback.extract_tb(error.__traceback__)
    return [place(frame.filename, frame.lineno) for frame in summary[-_MOST_FRAMES:]]


def _name(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
