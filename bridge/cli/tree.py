"""`toolboxai tree`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.bundle.telling import count, printable
from bridge.cli.project.diagnosed import facts, lacking, near, show
from bridge.cli.project.opening import open_project, takes_project

if TYPE_CHECKING:
    from core_rs import Project, TreeHash

_NOT_PROVEN_SHOWN = 10
_REASONS = {
    "type": "values of its type are not hashed",
    "misfit": "its value does not fit the property",
    "unkept": "no file of Roblox keeps the property",
    "engine": "it is the engine's own",
}


@click.command("tree", short_help="Show what a project becomes, and what is wrong with it.")
@takes_project
@click.option("--hash", "with_hash", is_flag=True, help="Say the hash of the tree: equal trees have equal ones.")
@options
@click.pass_context
def command(context: click.Context, project: Path, with_hash: bool) -> None:  # noqa: FBT001
    """Show which instances PROJECT becomes, and which files make each.

    What is wrong is named and left out; the exit code is 12 then.

    \b
    Examples:
      toolboxai tree
      toolboxai tree my-game --hash
    """
    asked = context.ensure_object(Asked)
    opened = open_project(asked, project)
    show(asked, opened.diagnostics)
    hashed = opened.tree_hash() if with_hash else None
    if asked.as_json:
        _tell_json(opened, hashed)
    else:
        _tell(opened, hashed)
    context.exit(lacking(asked, opened.diagnostics, "what they are about is not in its tree"))


def _tell_json(project: "Project", hashed: "TreeHash | None") -> None:
    instances = [
        {"name": each.name, "class": each.class_name, "depth": each.depth, "files": [str(path) for path in each.files]}
        for each in project.tree()
    ]
    told: dict[str, object] = {"name": project.name, "tree": instances, "diagnostics": facts(project.diagnostics)}
    if hashed is not None:
        told["hash"] = hashed.digest.hex()
        told["not_proven"] = [
            {"path": list(path), "name": name, "reason": reason} for path, name, reason in hashed.not_proven
        ]
    click.echo(json.dumps(told))


def _tell(project: "Project", hashed: "TreeHash | None") -> None:
    for each in project.tree():
        kind = "" if each.class_name == each.name else f" ({each.class_name})"
        files = "  ".join(near(path) for path in each.files)
        click.echo(f"{'  ' * each.depth}{printable(each.name)}{kind}{'  ' if files else ''}{printable(files)}")
    if hashed is None:
        return
    for path, name, reason in hashed.not_proven[:_NOT_PROVEN_SHOWN]:
        click.echo(f"not proven: {printable('.'.join((*path, name)))}: {_REASONS[reason]}")
    more = len(hashed.not_proven) - _NOT_PROVEN_SHOWN
    if more > 0:
        click.echo(f"not proven: {more:,} more; --json names all of them")
    click.echo(f"{hashed.digest.hex()}  {count(hashed.instances, 'instance')}")
