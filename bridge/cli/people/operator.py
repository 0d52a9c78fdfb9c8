"""`toolboxai people operator`: gives the role that is held on the whole platform."""

from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.people.telling import tell_person
from bridge.cli.with_accounts import Desk, change_accounts

if TYPE_CHECKING:
    from backend.accounts.people.service import Person
    from backend.db.unit import Transaction


@click.command("operator", short_help="Let somebody operate the platform.")
@click.argument("person_id", metavar="ID")
@options
@click.pass_obj
def command(asked: Asked, person_id: str) -> None:
    """Let somebody operate the platform: every district and school, and nothing that belongs to single pupils.

    \b
    Example:
      toolboxai people operator 01m5y...
    """
    from backend.accounts.people import platform_roles

    async def unit(tx: "Transaction", desk: Desk) -> "Person":
        await platform_roles.make_operator(tx, desk.by, desk.rights, person_id)
        return await desk.accounts.people.person(tx, person_id)

    tell_person(asked, change_accounts(asked, unit), "operates the platform")
