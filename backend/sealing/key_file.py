"""The file with the master keys: its owner's alone, never half written, and never in a backup of the database."""

import json
import os
import stat
import sys
from pathlib import Path
from typing import Final

from backend.errors import FilesError
from backend.sealing.master_keys import KeysRefused, MasterKey, MasterKeys
from backend.whole_file import whole_file

FORM: Final = "toolboxai master keys 1"
_OTHERS: Final = 0o077
_MOST_BYTES: Final = 1_000_000


class KeyFileMissing(FilesError):
    """There is no key file where one has to be."""


def read(path: Path) -> MasterKeys:
    """Read the keys; FilesError names the file and the cure, and never what is in it."""
    try:
        with path.open("rb") as file:
            _check_owner(path, os.fstat(file.fileno()))
            content = file.read(_MOST_BYTES)
    except FileNotFoundError:
        raise KeyFileMissing(
            f"The key file {path} is missing, and without it what is sealed in the database cannot be read; "
            "put it back from where you keep its copy."
        ) from None
    except OSError as error:
        raise FilesError(f"The key file {path} cannot be read: {error.strerror}.") from None
    try:
        return _parse(content)
    except (ValueError, KeyError, TypeError) as error:
        reason = f": {error}" if isinstance(error, KeysRefused) else ""
        raise FilesError(f"The key file {path} is damaged{reason}; put it back from where you keep its copy.") from None


def write(path: Path, keys: MasterKeys, *, is_new: bool = False) -> None:
    """Write the keys in one step; with `is_new` a file that is there already is not replaced."""
    listed = [
        {"version": key.version, "made_at": key.made_at, "in_use": key.in_use, "secret": key.secret.hex()}
        for key in keys.keys
    ]
    content = json.dumps({"form": FORM, "keys": listed}, indent=1) + "\n"
    try:
        with whole_file(path, is_new=is_new) as file:
            file.write(content.encode("ascii"))
    except FileExistsError:
        raise
    except OSError as error:
        raise FilesError(f"The key file {path} cannot be written: {error.strerror}.") from None


def _parse(content: bytes) -> MasterKeys:
    told = json.loads(content)
    if told["form"] != FORM:
        raise KeysRefused("it is of another form")
    return MasterKeys(tuple(_key(each) for each in told["keys"]))


def _key(told: dict[str, object]) -> MasterKey:
    version, made_at, in_use, secret = (told[name] for name in ("version", "made_at", "in_use", "secret"))
    if type(version) is not int or type(made_at) is not int or type(in_use) is not bool or not isinstance(secret, str):
        raise KeysRefused("a value in it is of the wrong kind")
    return MasterKey(version, made_at, in_use, bytes.fromhex(secret))


def _check_owner(path: Path, found: os.stat_result) -> None:
    if sys.platform == "win32":
        return  # a profile folder is its user's there
    if not stat.S_ISREG(found.st_mode):
        raise FilesError(f"The key file {path} is no file.")
    if found.st_mode & _OTHERS:
        raise FilesError(
            f"The key file {path} is open to other accounts (mode {stat.S_IMODE(found.st_mode):04o}); "
            f"close it with: chmod 600 {path}"
        )
