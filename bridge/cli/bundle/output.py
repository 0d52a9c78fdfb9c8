"""The file that a command writes."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from backend.errors import UsageError

_Command = TypeVar("_Command", bound=Callable[..., Any])


def takes_replace(command: _Command) -> _Command:
    """Let a command replace the file that it writes."""
    return click.option("--replace", is_flag=True, help="Replace BUNDLE if it is there already.")(command)


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file that is not there yet, unless it may be replaced: arguments in the wrong order cost nobody a bundle."""

    path: Path
    replace: bool

    def __post_init__(self) -> None:
        if self.path.is_dir():
            raise UsageError(f"{self.path} is a folder: name the file to write")
        if not self.replace and os.path.lexists(self.path):
            raise UsageError(f"{self.path} is already there: name a new file, or add --replace")
