"""`toolboxai people list`: who has an account."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.table import limit_option, moment, table
from bridge.cli.with_accounts import Desk, with_accounts
from bridge.cli.with_database import tenant_id_of

if TYPE_CHECKING:
    from backend.accounts.people.service import Person
    from backend.db.unit import Transaction


@click.command("list", short_help="Show people, all of them or those of a tenant.")
@click.argument("tenant_id", metavar="[TENANT]", required=False)
@click.option("--after", default="", metavar="ID", help="Begin after this one.")
@limit_option
@options
@click.pass_obj
def command(asked: Asked, tenant_id: str | None, after: str, limit: int) -> None:
    """Show people in the order in which their accounts were made: all of them, or those of a district or school.

    \b
    Examples:
      toolboxai people list
      toolboxai people list 01m5x... --json
    """
    from backend.accounts.people.grants import store as members
    from backend.accounts.tenants import service as tenants

    async def read(desk: Desk) -> Sequence["Person"]:
        people = desk.accounts.people
        if tenant_id is None:
            return await desk.database.read(lambda tx: people.page(tx, after, limit))
        whose = tenant_id

        async def unit(tx: "Transaction") -> Sequence["Person"]:
            await tenants.tenant(tx, whose)
            found = await members.members(tx, whose, after=after, limit=limit)
            return [people.opened(each.person) for each in found]

        return await desk.database.read(unit, tenant=tenant_id_of(whose))

    found = with_accounts(asked, read)
    if asked.as_json:
        click.echo(json.dumps({"people": [asdict(each) for each in found]}))
        return
    cells = [("ID", "STATE", "SECOND FACTOR", "CREATED", "ADDRESS", "NAME")]
    for each in found:
        factor = "yes" if each.has_second_factor else "no"
        cells.append((each.id, each.state, factor, moment(each.created_at), each.email, each.name))
    for line in table(cells):
        click.echo(line)
