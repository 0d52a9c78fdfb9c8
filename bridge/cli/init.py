"""`toolboxai init`."""

import json
from pathlib import Path
from typing import get_args

import click

from backend.errors import UsageError
from bridge.cli.asked import Asked, options
from bridge.cli.project.new_files import write_new
from bridge.cli.project.opening import FILE
from bridge.cli.project.templates import PROJECT_FILE, Kind, files


@click.command("init", short_help="Begin a project for a place, a plugin or a model.")
@click.argument("folder", type=FILE, default=Path())
@click.option(
    "--kind",
    type=click.Choice(get_args(Kind)),
    default="place",
    show_default=True,
    help="What the project is built into.",
)
@click.option("--skip-git", is_flag=True, help="Write no .gitignore.")
@options
@click.pass_obj
def command(asked: Asked, folder: Path, kind: Kind, skip_git: bool) -> None:  # noqa: FBT001
    """Write a small project that builds as it is into FOLDER, which is this one if none is named.

    Nothing is written over: if one of its files is there already, none is written.

    \b
    Examples:
      toolboxai init my-game
      toolboxai init my-plugin --kind plugin
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder")
    name = folder.resolve().name or "project"
    written = write_new(folder, files(kind, name, git=not skip_git))
    if asked.as_json:
        told = {"project": str(folder / PROJECT_FILE), "name": name, "kind": kind, "files": written}
        click.echo(json.dumps(told))
        return
    output = "place.rbxl" if kind == "place" else f"{kind}.rbxm"
    here = "" if folder.resolve() == Path.cwd() else f" {_word(folder)}"
    click.echo(f"{folder / PROJECT_FILE}: a {kind} called {name}; build it with")
    click.echo(f"  toolboxai build{here} --output {output}")


def _word(folder: Path) -> str:
    from shlex import quote

    return quote(str(folder))
