"""Keys on the command line: the public one by its digits, the secret one in a file of its own."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from backend.errors import UsageError
from bridge.cli.failure import warn

_Command = TypeVar("_Command", bound=Callable[..., Any])

_KEY_BYTES: Final = 32
_DIGITS: Final = re.compile(rf"[0-9a-fA-F]{{{2 * _KEY_BYTES}}}")
# A key, or its digits and the end of a line; whatever is longer is something else, and may have no end.
_MOST_FILE_BYTES: Final = 2 * _KEY_BYTES + 2
_OTHERS: Final = 0o077


class PublicKey(click.ParamType[bytes]):
    name = "key"

    def convert(self, value: str | bytes, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        if isinstance(value, bytes):
            return value
        if not _DIGITS.fullmatch(value):
            self.fail("a public key is 64 hexadecimal digits", param, ctx)
        return bytes.fromhex(value)


def takes_trust(command: _Command) -> _Command:
    """Let a command take the public key that must have signed the bundle."""
    option = click.option(
        "--trust",
        type=PublicKey(),
        metavar="KEY",
        help="Refuse what the owner of this public key (64 hexadecimal digits) did not sign.",
    )
    return option(command)


def secret_key(path: Path) -> bytes:
    """Return the secret key in the file at `path`."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_FILE_BYTES + 1)
            mode = os.fstat(file.fileno()).st_mode
    except OSError as error:
        raise UsageError(f"cannot read the key in {path}: {error.strerror}") from error
    if os.name == "posix" and mode & _OTHERS:
        warn(f"others may read the secret key in {path}: chmod 600 closes it to them")
    if len(content) == _KEY_BYTES:
        return content
    text = content.decode("ascii", "replace").strip()
    if not _DIGITS.fullmatch(text):
        raise UsageError(f"{path} holds no secret key: that is 32 random bytes, or their 64 hexadecimal digits")
    return bytes.fromhex(text)
