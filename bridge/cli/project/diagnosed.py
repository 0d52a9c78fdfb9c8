"""What is wrong with a project, as a compiler says it: a line for each, which editors turn into a link."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from backend.errors import CheckFailed
from bridge.cli.asked import Asked
from bridge.cli.bundle.telling import count, printable
from bridge.cli.failure import warn

if TYPE_CHECKING:
    from core_rs import Diagnostic

# A habit of writing is wrong a thousand times in the same way.
_WARNINGS_SHOWN: Final = 20


class ProjectRefused(CheckFailed):
    """A project has errors; each is in `facts`, for programs."""

    def __init__(self, sentence: str, diagnostics: "Sequence[Diagnostic]") -> None:
        super().__init__(sentence)
        self.facts = {"diagnostics": facts(diagnostics)}


def facts(diagnostics: "Sequence[Diagnostic]") -> list[dict[str, object]]:
    """Return what JSON says of each."""
    return [
        {
            "path": str(each.path),
            "line": each.line,
            "column": each.column,
            "severity": each.severity,
            "code": each.code,
            "message": each.message,
            "help": each.help,
        }
        for each in diagnostics
    ]


def show(asked: Asked, diagnostics: "Sequence[Diagnostic]") -> None:
    """Say each error and some warnings on a line of stderr; with `--json` all are in the answer instead."""
    if asked.as_json:
        return
    warnings = 0
    for each in diagnostics:
        warnings += each.severity != "error"
        if each.severity == "error" or warnings <= _WARNINGS_SHOWN:
            click.echo(line(each), err=True)
    if warnings > _WARNINGS_SHOWN:
        warn(f"{count(warnings - _WARNINGS_SHOWN, 'more warning')}; --json names all of them")


def line(diagnostic: "Diagnostic") -> str:
    """Return `file:line:column: severity: message: help`, without what there is none of."""
    place = [near(diagnostic.path)]
    if diagnostic.line is not None:
        place += [str(diagnostic.line), str(diagnostic.column)]
    said = [":".join(place), diagnostic.severity, diagnostic.message, diagnostic.help]
    return printable(": ".join(part for part in said if part))


def near(path: str | os.PathLike[str]) -> str:
    """Return a path as short as it can be typed here."""
    whole = Path(path).absolute()
    here = Path.cwd()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(whole)


def errors(diagnostics: "Sequence[Diagnostic]") -> int:
    return sum(each.severity == "error" for each in diagnostics)


def refuse_errors(diagnostics: "Sequence[Diagnostic]", so: str) -> None:
    """Raise where anything is an error; `so` says what comes of it."""
    number = errors(diagnostics)
    if number:
        raise ProjectRefused(f"the project has {count(number, 'error')}, so {so}", diagnostics)


def lacking(asked: Asked, diagnostics: "Sequence[Diagnostic]", so: str) -> int:
    """Return the exit code of a command that did what it could, and say `so` where something is left out."""
    number = errors(diagnostics)
    if number and not asked.as_json:
        warn(f"the project has {count(number, 'error')}, so {so}")
    return CheckFailed.exit_code if number else 0
