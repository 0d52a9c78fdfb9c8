"""`toolboxai people resume`: a whole account, whatever it belongs to."""

from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.people.telling import tell_person
from bridge.cli.with_accounts import Desk, change_accounts

if TYPE_CHECKING:
    from backend.accounts.people.service import Person
    from backend.db.unit import Transaction


@click.command("resume", short_help="Let somebody who was suspended go on.")
@click.argument("person_id", metavar="ID")
@options
@click.pass_obj
def command(asked: Asked, person_id: str) -> None:
    """Let somebody who was suspended go on.

    \b
    Example:
      toolboxai people resume 01m5y...
    """

    async def unit(tx: "Transaction", desk: Desk) -> "Person":
        return await desk.accounts.people.resume(tx, desk.by, desk.rights, person_id)

    tell_person(asked, change_accounts(asked, unit), "goes on")
