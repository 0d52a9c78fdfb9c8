"""`toolboxai people first-link`: lets the first administrator in, where the link of the start is lost."""

from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.people.link import Link, tell_link
from bridge.cli.with_accounts import Desk, change_accounts

if TYPE_CHECKING:
    from backend.db.unit import Transaction


@click.command("first-link", short_help="Print a new link for the first administrator.")
@options
@click.pass_obj
def command(asked: Asked) -> None:
    """Print a new link with which the first administrator makes an account; the ones before it are worth nothing.

    \b
    Example:
      toolboxai people first-link
    """
    from backend.accounts.people import first_link
    from backend.errors import Conflict

    async def unit(tx: "Transaction", desk: Desk) -> Link:
        if not await first_link.is_needed(tx):
            raise Conflict("Somebody operates this platform already; see toolboxai people operator.")
        made = await first_link.make(tx)
        return Link(desk.url(made.path), made.ends)

    tell_link(asked, change_accounts(asked, unit), "Whoever opens this link operates the platform.")
