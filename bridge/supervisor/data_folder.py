"""The data folder: there, writable, and open to nobody but its owner."""

import contextlib
import os
import stat
import sys
from pathlib import Path
from typing import Final

from backend.errors import DataFolderError

_OWNER_ONLY: Final = 0o700
_OTHERS: Final = 0o077


def open_folder(folder: Path) -> None:
    """Create the folder for its owner alone, or check the one that is there; DataFolderError names the cure."""
    try:
        folder.mkdir(mode=_OWNER_ONLY, parents=True)
    except FileExistsError:
        if not folder.is_dir():
            raise DataFolderError(
                f"the data folder {folder} is a file: move it away, or name another folder in TOOLBOXAI_DATA_DIR"
            ) from None
        check_owner(folder)
    except OSError as error:
        raise DataFolderError(
            f"the data folder {folder} cannot be created ({_reason(error)}): "
            "create it for this account, or name another folder in TOOLBOXAI_DATA_DIR"
        ) from None
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise DataFolderError(
            f"the data folder {folder} cannot be written by this account: "
            "give it to this account, or name another folder in TOOLBOXAI_DATA_DIR"
        )


def check_owner(folder: Path) -> None:
    """Refuse a folder that others may enter; Windows keeps a profile folder to its user by itself."""
    if sys.platform == "win32":
        return
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise DataFolderError(
            f"the data folder {folder} belongs to another account (number {found.st_uid}): "
            "start as that account, or name another folder in TOOLBOXAI_DATA_DIR"
        )
    if found.st_mode & _OTHERS:
        raise DataFolderError(
            f"the data folder {folder} is open to other accounts (mode {stat.S_IMODE(found.st_mode):04o}): "
            f"close it with: chmod 700 {folder}"
        )


def remove_if_empty(folder: Path) -> None:
    """Take back a folder that a start has made and then had no use for."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
