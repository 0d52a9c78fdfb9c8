"""`toolboxai sourcemap`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.bundle.refusals import refusals
from bridge.cli.project.diagnosed import facts, lacking, near, show
from bridge.cli.project.opening import FILE, open_project, takes_project
from bridge.cli.project.watching import follow

if TYPE_CHECKING:
    from core_rs import Project


@click.command("sourcemap", short_help="Write which file makes which instance, for editors.")
@takes_project
@click.option("--output", "-o", type=FILE, metavar="FILE", help="Write this file; else the map is what is printed.")
@click.option("--include-non-scripts", is_flag=True, help="List instances too that are no scripts and hold none.")
@click.option("--absolute", is_flag=True, help="Name files by their whole paths.")
@click.option("--watch", is_flag=True, help="Write it again whenever it changes, until Ctrl-C.")
@options
@click.pass_context
def command(  # noqa: PLR0917
    context: click.Context,
    project: Path,
    output: Path | None,
    include_non_scripts: bool,  # noqa: FBT001
    absolute: bool,  # noqa: FBT001
    watch: bool,  # noqa: FBT001
) -> None:
    """Write which file makes which instance of PROJECT, in the form that luau-lsp and other tools read.

    What is wrong is named and left out, and the map written all the same, so that an editor goes on knowing the rest;
    the exit code is 12 then.

    \b
    Examples:
      toolboxai sourcemap --output sourcemap.json
      toolboxai sourcemap --output sourcemap.json --include-non-scripts --watch
    """
    asked = context.ensure_object(Asked)
    opened = open_project(asked, project)

    def write() -> int:
        with refusals():
            text = opened.sourcemap(output, include_non_scripts=include_non_scripts, absolute=absolute)
        return _tell(asked, opened, output, text)

    context.exit(follow(asked, opened, write, watch=watch))


def _tell(asked: Asked, project: "Project", output: Path | None, text: str | None) -> int:
    show(asked, project.diagnostics)
    if text is not None:
        click.echo(text)
    elif asked.as_json:
        told = {"event": "written", "output": str(output), "diagnostics": facts(project.diagnostics)}
        click.echo(json.dumps(told))
    else:
        click.echo(f"{near(output or '')}: written.")
    return lacking(asked, project.diagnostics, "its sourcemap lacks what they are about")
