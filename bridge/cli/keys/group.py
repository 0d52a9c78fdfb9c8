"""`toolboxai keys`: the master keys, from which all others are made."""

from typing import Final

import click

from bridge.cli.lazy_group import LazyGroup

SUMMARIES: Final = {
    "list": "Show the versions, and how much is under each.",
    "rotate": "Take a new version into use, and put everything under it.",
    "verify": "Open every key there is, and say what does not open.",
}


@click.group(
    "keys",
    cls=LazyGroup,
    summaries=SUMMARIES,
    package="bridge.cli.keys",
    short_help="Show, replace and check the master keys.",
)
def command() -> None:
    """Show, replace and check the master keys, which lie in the key file and seal what is in the database.

    No command shows a key. docs/sealing.md says what to keep where.

    \b
    Examples:
      toolboxai keys list
      toolboxai keys rotate
      toolboxai keys verify
    """
