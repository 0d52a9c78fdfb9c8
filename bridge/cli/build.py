"""`toolboxai build`."""

import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.errors import UsageError
from bridge.cli.asked import Asked, options
from bridge.cli.bundle.refusals import refusals
from bridge.cli.bundle.telling import count
from bridge.cli.progress import Shown
from bridge.cli.project.diagnosed import facts, near, refuse_errors, show
from bridge.cli.project.opening import FILE, open_project, takes_project
from bridge.cli.project.outputs import Output
from bridge.cli.project.plugin_folder import plugin_folder
from bridge.cli.project.watching import follow

if TYPE_CHECKING:
    from core_rs import Project


@click.command("build", short_help="Build a project into a place, a model or a plugin.")
@takes_project
@click.option("--output", "-o", type=FILE, metavar="FILE", help="Write this file: .rbxl, .rbxlx, .rbxm or .rbxmx.")
@click.option("--plugin", "-p", metavar="NAME", help="Write a plugin of this name to where Roblox Studio looks for it.")
@click.option("--watch", is_flag=True, help="Build again whenever a file changes, until Ctrl-C.")
@options
@click.pass_context
def command(
    context: click.Context,
    project: Path,
    output: Path | None,
    plugin: str | None,
    watch: bool,  # noqa: FBT001
) -> None:
    """Build PROJECT, a project file or a folder with a default.project.json; this folder if none is named.

    The file appears whole or not at all. Nothing is built of a project with errors, and all of them are named.

    \b
    Examples:
      toolboxai build --output game.rbxl
      toolboxai build my-plugin --plugin my-plugin.rbxm --watch
    """
    asked = context.ensure_object(Asked)
    target = _target(output, plugin)
    opened = open_project(asked, project)
    context.exit(follow(asked, opened, lambda: _build(asked, opened, target), watch=watch))


def _target(output: Path | None, plugin: str | None) -> Output:
    if (output is None) == (plugin is None):
        raise UsageError("name what to write: either --output FILE or --plugin NAME")
    if output is not None:
        return Output.named(output)
    return Output.plugin(plugin or "", plugin_folder(sys.platform, os.environ))


def _build(asked: Asked, project: "Project", target: Output) -> int:
    begin = time.perf_counter()
    show(asked, project.diagnostics)
    refuse_errors(project.diagnostics, f"{near(target.path)} is not written")
    with refusals(), Shown("building", asked=asked) as shown:
        instances = project.build(target.path, target.kind, progress=shown.progress)
    size = target.path.stat().st_size
    if asked.as_json:
        told = {
            "event": "built",
            "output": str(target.path),
            "kind": target.kind,
            "instances": instances,
            "bytes": size,
            "seconds": round(time.perf_counter() - begin, 3),
            "diagnostics": facts(project.diagnostics),
        }
        click.echo(json.dumps(told))
    else:
        click.echo(f"{near(target.path)}: {count(instances, 'instance')}, {size:,} bytes.")
    return 0
