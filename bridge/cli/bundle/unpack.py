"""`toolboxai bundle unpack`."""

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


@click.command("unpack", short_help="Unpack a bundle into a new folder.")
@click.argument("bundle", type=FILE)
@click.argument("folder", type=FILE)
@takes_bases
@takes_trust
@click.option(
    "--most-bytes",
    type=click.IntRange(0, 2**64 - 1),
    metavar="N",
    help="Refuse a bundle whose files add up to more than N bytes; 8 GiB when it is not given.",
)
@click.option("--any-name", is_flag=True, help="Take names too that not every system takes; never on Windows.")
@options
@click.pass_obj
def command(  # noqa: PLR0917
    asked: Asked,
    bundle: Path,
    folder: Path,
    bases: tuple[Path, ...],
    trust: bytes | None,
    most_bytes: int | None,
    any_name: bool,  # noqa: FBT001
) -> None:
    """Unpack BUNDLE into FOLDER, which must be new or empty. It appears whole or not at all.

    \b
    Examples:
      toolboxai bundle unpack lessons-1.tbx copy
      toolboxai bundle unpack lessons-2.tbx copy --base lessons-1.tbx --trust 3b6a27bc...
    """
    from core_rs import MOST_UNPACKED_BYTES

    with (
        unwinding(),
        refusals(
            BundleTooLarge="--most-bytes allows more, if you trust where it comes from",
            NameRefused="" if any_name else "--any-name takes it where this system does",
        ),
        Shown("unpacking", asked=asked) as shown,
    ):
        opened = open_bundle(bundle, most_bytes=MOST_UNPACKED_BYTES if most_bytes is None else most_bytes)
        files, size = opened.unpack(
            folder,
            bases=open_all(bases),
            trusted=trust,
            any_name=any_name,
            durable=True,
            progress=shown.progress,
        )
    if asked.as_json:
        told = {"files": files, "bytes": size, "folder": str(folder), "trusted": trust is not None}
        click.echo(json.dumps({**facts(opened), **told}))
        return
    click.echo(f"{count(files, 'file')}, {size:,} bytes, unpacked to {folder}.")
