"""`toolboxai bundle verify`."""

import json
from pathlib import Path

import click

from bridge.cli.asked import Asked, options
from bridge.cli.bundle.keys import takes_trust
from bridge.cli.bundle.opening import FILE, open_all, open_bundle, takes_bases
from bridge.cli.bundle.refusals import refusals
from bridge.cli.bundle.telling import count, facts
from bridge.cli.progress import Shown
from bridge.cli.unwinding import unwinding


@click.command("verify", short_help="Check every byte of a bundle, and who signed it.")
@click.argument("bundle", type=FILE)
@takes_bases
@takes_trust
@options
@click.pass_obj
def command(asked: Asked, bundle: Path, bases: tuple[Path, ...], trust: bytes | None) -> None:
    """Check that BUNDLE holds, byte for byte, what its index says; with --trust also who signed it.

    It ends with exit code 12 where anything is wrong.

    \b
    Examples:
      toolboxai bundle verify lessons-1.tbx
      toolboxai bundle verify lessons-2.tbx --base lessons-1.tbx --trust 3b6a27bc...
    """
    with unwinding(), refusals(), Shown("checking", asked=asked) as shown:
        opened = open_bundle(bundle)
        files, size = opened.verify(bases=open_all(bases), trusted=trust, progress=shown.progress)
    if asked.as_json:
        click.echo(json.dumps({**facts(opened), "files": files, "bytes": size, "trusted": trust is not None}))
        return
    if trust:
        signature = "signed with the trusted key"
    elif opened.signer:
        signature = f"signed with {opened.signer.hex()} (--trust KEY refuses any other)"
    else:
        signature = "not signed"
    click.echo(f"{bundle} is whole: {count(files, 'file')}, {size:,} bytes; {signature}.")
