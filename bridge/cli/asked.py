"""What was asked for on the command line beside the command itself, and the options that ask for it."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(slots=True)
class Asked:
    """Filled by the options as they are parsed, before or after the name of the command."""

    as_json: bool = False
    debug: bool = False
    data_dir: str | None = None

    @classmethod
    def seen_in(cls, arguments: Sequence[str]) -> Self:
        """Return how errors are to be told, even where the arguments cannot be parsed."""
        options = arguments[: arguments.index("--")] if "--" in arguments else arguments
        return cls(as_json="--json" in options, debug="--debug" in options)


def options(command: _Command) -> _Command:
    """Give a command the three options that every command has."""
    for option in (
        click.option("--debug", "debug", is_flag=True, expose_value=False, callback=_keep, help="Show tracebacks."),
        click.option(
            "--json", "as_json", is_flag=True, expose_value=False, callback=_keep, help="Answer in JSON, errors too."
        ),
        click.option(
            "--data-dir",
            "data_dir",
            metavar="FOLDER",
            expose_value=False,
            callback=_keep,
            help="The folder that holds the data and the settings file.",
        ),
    ):
        command = option(command)
    return command


def _keep(context: click.Context, parameter: click.Parameter, value: bool | str | None) -> None:  # noqa: FBT001
    if value is None or value is False or parameter.name is None:
        return  # not given here; perhaps it was given before the name of the command
    setattr(context.ensure_object(Asked), parameter.name, _absolute(value) if isinstance(value, str) else value)


def _absolute(folder: str) -> str:
    # Unlike a setting, a folder typed at a prompt is meant from where the person stands. `~` is left to the settings.
    return os.path.abspath(folder) if folder and not folder.startswith("~") else folder  # noqa: PTH100
