"""`toolboxai bundle list`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from bridge.cli.asked import Asked, options
from bridge.cli.bundle.opening import FILE, open_bundle
from bridge.cli.bundle.refusals import refusals
from bridge.cli.bundle.telling import count, facts, printable, short

if TYPE_CHECKING:
    from core_rs import Bundle

_MARKS: Final = {"file": "", "executable": "*", "folder": "/"}


@click.command("list", short_help="Show what is in a bundle.")
@click.argument("bundle", type=FILE)
@options
@click.pass_obj
def command(asked: Asked, bundle: Path) -> None:
    """Show the files of BUNDLE and how long they are, and what version it is.

    An empty folder ends with a slash, a file that can be run with a star.
    The content is not checked: "toolboxai bundle verify" does that.

    \b
    Examples:
      toolboxai bundle list lessons-1.tbx
      toolboxai bundle list lessons-1.tbx --json
    """
    with refusals():
        opened = open_bundle(bundle)
    entries = opened.entries()
    if asked.as_json:
        listed = [{"path": each.path, "kind": each.kind, "size": each.size} for each in entries]
        click.echo(json.dumps({**facts(opened), "entries": listed}))
        return
    width = max((len(f"{each.size:,}") for each in entries), default=1)
    for each in entries:
        click.echo(f"{each.size:>{width},}  {printable(each.path)}{_MARKS[each.kind]}")
    click.echo(_sentence(opened))


def _sentence(opened: "Bundle") -> str:
    parts = [f"version {short(opened.name)}", f"{count(len(opened), 'path')}, {opened.total_bytes:,} bytes"]
    if opened.base:
        parts.append(f"carries only what changed since {short(opened.base)}")
    parts.append(f"signed with {opened.signer.hex()}" if opened.signer else "not signed")
    return "; ".join(parts)
