"""`toolboxai people reset`: a link to choose a password with, where no letter reaches anybody."""

from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.people.link import Link, tell_link
from bridge.cli.with_accounts import Desk, change_accounts

if TYPE_CHECKING:
    from backend.db.unit import Transaction


@click.command("reset", short_help="Print a link with which somebody chooses a password.")
@click.argument("person_id", metavar="ID")
@options
@click.pass_obj
def command(asked: Asked, person_id: str) -> None:
    """Print a link with which somebody chooses a password; a letter with it goes to them too.

    Links that were sent before are worth nothing from then on. The password they have holds until they choose.

    \b
    Example:
      toolboxai people reset 01m5y...
    """
    from backend.accounts.audit.ids import PLATFORM, as_id
    from backend.accounts.audit.kinds import PasswordLinkSent
    from backend.accounts.people import store
    from backend.accounts.people.service import there
    from backend.errors import Conflict

    async def unit(tx: "Transaction", desk: Desk) -> Link:
        person = there(await store.find(tx, person_id, for_update=True))
        if person.state != "active":
            raise Conflict("This account is suspended; let it go on first.")
        made = await desk.accounts.passwords.send_link(tx, person)
        await desk.by.tell(tx, PLATFORM, PasswordLinkSent(), subject_id=as_id(person_id))
        return Link(desk.url(made.path), made.ends)

    link = change_accounts(asked, unit)
    tell_link(asked, link, f"With this link {person_id} chooses a password; a letter has it too.", id=person_id)
