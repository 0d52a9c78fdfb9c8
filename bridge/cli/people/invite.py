"""`toolboxai people invite`: asks somebody into a district or school."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from backend.errors import UsageError
from bridge.cli.asked import Asked, options
from bridge.cli.fields import checked
from bridge.cli.people.link import Link, tell_link
from bridge.cli.with_accounts import Desk, change_accounts

if TYPE_CHECKING:
    from backend.db.unit import Transaction


@click.command("invite", short_help="Ask somebody in, and print the link.")
@click.argument("tenant_id", metavar="TENANT")
@click.argument("email")
@click.option("--role", required=True, metavar="ROLE", help="What they become there, such as school_admin.")
@click.option("--class", "class_id", metavar="ID", help="The class in which they become it.")
@click.option("--until", metavar="DATE", help="The last day of it, such as 2027-07-31, in UTC.")
@options
@click.pass_obj
def command(  # noqa: PLR0917 - the options of a command
    asked: Asked, tenant_id: str, email: str, role: str, class_id: str | None, until: str | None
) -> None:
    """Send somebody a link with which they take a role, and print it: there may be no mail server yet.

    docs/permissions.md says which roles there are, and where each is given.

    \b
    Examples:
      toolboxai people invite 01m5x... head@school.example --role school_admin
      toolboxai people invite 01m5x... cover@school.example --role assistant --class 01m5z... --until 2027-07-31
    """
    from backend.accounts.people.invitations.schemas import NewInvitation

    wanted = checked(NewInvitation, email=email, role=role, class_id=class_id, until=_end_of(until))

    async def unit(tx: "Transaction", desk: Desk) -> tuple[str, Link]:
        made = await desk.accounts.invitations.invite(tx, desk.by, tenant_id, wanted, desk.house.name)
        if made.link is None:
            raise RuntimeError("an invitation was made without a link")
        return made.stored.id, Link(desk.url(made.link.path), made.link.ends)

    invitation_id, link = change_accounts(asked, unit, tenant=tenant_id)
    tell_link(
        asked, link, f"This is the link of the invitation {invitation_id}; a letter has it too.", id=invitation_id
    )


def _end_of(day: str | None) -> int | None:
    """Return the last moment of a day, in milliseconds since 1970."""
    if day is None:
        return None
    try:
        begin = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise UsageError(f"until: {day!r} is no date such as 2027-07-31") from None
    return round(begin.timestamp() * 1000) + 86_400_000 - 1
