"""`toolboxai audit`: the trail of who did what, checked and taken out."""

from typing import Final

import click

from bridge.cli.lazy_group import LazyGroup

SUMMARIES: Final = {
    "verify": "Check that no record of the audit trail was changed or is missing.",
    "export": "Write the audit trail to a signed file.",
}


@click.group(
    "audit",
    cls=LazyGroup,
    summaries=SUMMARIES,
    package="bridge.cli.audit",
    short_help="Check the audit trail, or write it to a signed file.",
)
def command() -> None:
    """Check the audit trail, or write it to a signed file.

    Every tenant has a trail of its own: who did what, to whom and when, in ids. A record is never changed.

    \b
    Examples:
      toolboxai audit verify
      toolboxai audit export --checkpoints-only --to today.checkpoint
      toolboxai audit verify --checkpoint today.checkpoint
    """
