"""`toolboxai people suspend`: a whole account, whatever it belongs to."""

from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.people.telling import tell_person
from bridge.cli.with_accounts import Desk, change_accounts

if TYPE_CHECKING:
    from backend.accounts.people.service import Person
    from backend.db.unit import Transaction


@click.command("suspend", short_help="Stop everything that somebody does, everywhere.")
@click.argument("person_id", metavar="ID")
@options
@click.pass_obj
def command(asked: Asked, person_id: str) -> None:
    """Stop everything that somebody does, in every district and school and at once. Nothing is lost.

    \b
    Example:
      toolboxai people suspend 01m5y...
    """

    async def unit(tx: "Transaction", desk: Desk) -> "Person":
        return await desk.accounts.people.suspend(tx, desk.by, desk.rights, person_id)

    tell_person(asked, change_accounts(asked, unit), "is suspended")
