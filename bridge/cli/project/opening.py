"""The project that a command line names."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from backend.errors import UsageError
from bridge.cli.asked import Asked
from bridge.cli.bundle.refusals import refusals
from bridge.cli.progress import Shown

if TYPE_CHECKING:
    from core_rs import Project

_Command = TypeVar("_Command", bound=Callable[..., Any])

FILE = click.Path(path_type=Path)


def takes_project(command: _Command) -> _Command:
    """Let a command take a project: a project file, or a folder with a default.project.json; else this folder."""
    return click.argument("project", type=FILE, default=Path())(command)


def open_project(asked: Asked, path: Path) -> "Project":
    """Read the project at `path`; what is wrong inside is in its diagnostics."""
    from core_rs import BuildRefused, Project

    with refusals(), Shown("reading", asked=asked) as shown:
        try:
            return Project.open(path, progress=shown.progress)
        except BuildRefused as error:
            # There is none; whoever typed the name can mend it.
            raise UsageError(str(error)) from error
