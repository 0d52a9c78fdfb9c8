"""`toolboxai bundle`: a folder as one file, and what changed since an earlier one."""

from typing import Final

import click

from bridge.cli.lazy_group import LazyGroup

SUMMARIES: Final = {
    "pack": "Pack a folder into a bundle.",
    "list": "Show what is in a bundle.",
    "verify": "Check every byte of a bundle, and who signed it.",
    "unpack": "Unpack a bundle into a new folder.",
    "delta": "Make a bundle of what changed between two, or put it together again.",
}


@click.group(
    "bundle",
    cls=LazyGroup,
    summaries=SUMMARIES,
    package="bridge.cli.bundle",
    short_help="Pack a folder into one file, check it, unpack it.",
)
def command() -> None:
    """Pack a folder into one file, check it, unpack it, or send only what changed.

    The same folder gives the same bundle on every machine, and a bundle unpacks whole or not at all.

    \b
    Examples:
      toolboxai bundle pack lessons lessons-1.tbx
      toolboxai bundle pack lessons lessons-2.tbx --since lessons-1.tbx
      toolboxai bundle unpack lessons-2.tbx copy --base lessons-1.tbx
    """
