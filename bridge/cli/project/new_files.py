"""Files that are written all or not at all, and over nothing."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from backend.errors import FilesError, UsageError


def write_new(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """Write each text to its path below `folder`, and return the paths."""
    there = [path for path in texts if os.path.lexists(folder / path)]
    if there:
        raise UsageError(f"{folder / there[0]} is already there: name another folder, or move it away")
    made: list[Path] = []
    try:
        for path, text in texts.items():
            target = folder / path
            _make_folder(target.parent, made)
            # Not even what came a moment ago is written over.
            with target.open("x", encoding="utf-8", newline="\n") as file:
                made.append(target)
                file.write(text)
    except OSError as error:
        _take_back(made)
        if isinstance(error, FileExistsError | NotADirectoryError):
            raise UsageError(f"{error.filename} is in the way: name another folder, or move it away") from error
        raise FilesError(f"{error.filename or folder} cannot be written: {error.strerror}") from error
    except BaseException:
        _take_back(made)
        raise
    return list(texts)


def _make_folder(folder: Path, made: list[Path]) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent, made)
    folder.mkdir()
    made.append(folder)


def _take_back(made: list[Path]) -> None:
    for path in reversed(made):
        # What somebody put into a folder meanwhile stays there, and the folder with it.
        with suppress(OSError):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()
