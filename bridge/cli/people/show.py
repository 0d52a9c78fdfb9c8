"""`toolboxai people show`: one account, and what it holds where."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.table import moment, table
from bridge.cli.with_accounts import Desk, with_accounts

if TYPE_CHECKING:
    from backend.accounts.people.service import Person
    from backend.db.unit import Transaction

_PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Held:
    """A role, and where: in a tenant, in a class of it, or on the platform."""

    tenant_id: str
    class_id: str | None
    role: str
    until: int | None
    suspended: bool


@click.command("show", short_help="Show one person and what they hold.")
@click.argument("person_id", metavar="ID")
@options
@click.pass_obj
def command(asked: Asked, person_id: str) -> None:
    """Show one person and the roles they hold, in every district and school and on the platform.

    \b
    Example:
      toolboxai people show 01m5y...
    """

    async def read(desk: Desk) -> tuple["Person", Sequence[Held]]:
        person = await desk.database.read(lambda tx: desk.accounts.people.person(tx, person_id))
        return person, await _held(desk, person_id)

    person, held = with_accounts(asked, read)
    if asked.as_json:
        click.echo(json.dumps({"person": asdict(person), "roles": [asdict(each) for each in held]}))
        return
    factor = "with" if person.has_second_factor else "without"
    click.echo(f"{person.id} {person.name} <{person.email}> is {person.state}, {factor} a second factor.")
    cells = [("TENANT", "ROLE", "CLASS", "UNTIL", "STATE")]
    for each in held:
        state = "suspended" if each.suspended else "active"
        cells.append((each.tenant_id, each.role, each.class_id or "", moment(each.until), state))
    for line in table(cells):
        click.echo(line)


async def _held(desk: Desk, person_id: str) -> Sequence[Held]:
    from backend.accounts.people import store
    from backend.accounts.people.grants import store as grants

    roles = await desk.database.read(lambda tx: store.platform_roles(tx, person_id))
    held = [Held(_PLATFORM, None, role, until, suspended=False) for role, until in roles]
    for tenant_id in await desk.database.read(lambda tx: store.tenants_of(tx, person_id)):

        async def unit(tx: "Transaction", tenant_id: str = tenant_id) -> Sequence[Held]:
            member = await grants.member(tx, tenant_id, person_id)
            suspended = member is not None and member.suspended_at is not None
            found = await grants.of_person(tx, tenant_id, person_id)
            return [Held(tenant_id, each.class_id, each.role, each.until, suspended) for each in found]

        held += await desk.database.read(unit, tenant=tenant_id)
    return held
