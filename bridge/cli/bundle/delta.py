"""`toolboxai bundle delta`."""

from pathlib import Path

import click

from bridge.cli.asked import Asked, options
from bridge.cli.bundle.opening import FILE, open_all, open_bundle, takes_bases
from bridge.cli.bundle.output import OutputFile, takes_replace
from bridge.cli.bundle.refusals import refusals
from bridge.cli.bundle.telling import tell_packed
from bridge.cli.progress import Shown
from bridge.cli.unwinding import unwinding


@click.command("delta", short_help="Make a bundle of what changed between two, or put it together again.")
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.argument("bundle", type=FILE)
@click.option("--apply", "apply_it", is_flag=True, help="NEW is what changed since OLD: write the whole version.")
@takes_bases
@takes_replace
@options
@click.pass_obj
def command(  # noqa: PLR0917
    asked: Asked,
    old: Path,
    new: Path,
    bundle: Path,
    apply_it: bool,  # noqa: FBT001
    bases: tuple[Path, ...],
    replace: bool,  # noqa: FBT001
) -> None:
    """Write to BUNDLE what somebody who has OLD needs to have NEW; with --apply, the other way round.

    What --apply writes is, byte for byte, what packing the whole folder gives. A signature stays.

    \b
    Examples:
      toolboxai bundle delta lessons-1.tbx lessons-2.tbx changes.tbx
      toolboxai bundle delta --apply lessons-1.tbx changes.tbx lessons-2.tbx
    """
    from core_rs import bundle_delta, bundle_join

    output = OutputFile(bundle, replace=replace)
    with unwinding(), refusals(), Shown("packing", asked=asked) as shown:
        before, after, others = open_bundle(old), open_bundle(new), open_all(bases)
        if apply_it:
            packed = bundle_join(after, output.path, bases=[before, *others], durable=True, progress=shown.progress)
        else:
            packed = bundle_delta(before, after, output.path, bases=others, durable=True, progress=shown.progress)
    tell_packed(asked, bundle, packed)
