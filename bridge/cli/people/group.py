"""`toolboxai people`: accounts, for whoever runs the bridge."""

from typing import Final

import click

from bridge.cli.lazy_group import LazyGroup

SUMMARIES: Final = {
    "list": "Show people, all of them or those of a tenant.",
    "show": "Show one person and what they hold.",
    "invite": "Ask somebody in, and print the link.",
    "suspend": "Stop everything that somebody does, everywhere.",
    "resume": "Let somebody who was suspended go on.",
    "reset": "Print a link with which somebody chooses a password.",
    "operator": "Let somebody operate the platform.",
    "first-link": "Print a new link for the first administrator.",
}


@click.group(
    "people",
    cls=LazyGroup,
    summaries=SUMMARIES,
    package="bridge.cli.people",
    short_help="List, invite and suspend people, and make links for them.",
)
def command() -> None:
    """List, invite and suspend people, and make links for them.

    \b
    Examples:
      toolboxai people list
      toolboxai people invite 01m5x... head@school.example --role school_admin
      toolboxai people reset 01m5y...
    """
