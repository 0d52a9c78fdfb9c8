"""`toolboxai tenants`: districts and schools, for whoever runs the bridge."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.fields import checked
from bridge.cli.table import limit_option, moment, table
from bridge.cli.with_database import change, with_database

if TYPE_CHECKING:
    from backend.accounts.audit.teller import Teller
    from backend.accounts.tenants.store import Tenant
    from backend.db.rights_changes import RightsChanges
    from backend.db.unit import Database, Transaction


@click.group("tenants", short_help="List, create, suspend and delete districts and schools.")
def command() -> None:
    """List, create, suspend and delete districts and schools.

    Everything that the bridge keeps belongs to one of them.

    \b
    Examples:
      toolboxai tenants create "Lakeside School" --locale en-GB --time-zone Europe/London
      toolboxai tenants list
      toolboxai tenants suspend 01m5x...
    """


@command.command("list", short_help="Show them in the order of their making.")
@click.option("--after", default="", metavar="ID", help="Begin after this one.")
@limit_option
@options
@click.pass_obj
def list_command(asked: Asked, after: str, limit: int) -> None:
    """Show districts and schools in the order of their making.

    \b
    Example:
      toolboxai tenants list --json
    """
    from backend.accounts.tenants import service

    async def read(database: "Database") -> Sequence["Tenant"]:
        async def unit(tx: "Transaction") -> Sequence["Tenant"]:
            return await service.page(tx, (after,) if after else None, limit)

        return await database.read(unit)

    found = with_database(asked, read)
    if asked.as_json:
        click.echo(json.dumps({"tenants": [asdict(each) for each in found]}))
        return
    cells = [("ID", "KIND", "STATE", "DISTRICT", "CREATED", "NAME")]
    cells += [
        (each.id, each.kind, each.state, each.parent_id or "", moment(each.created_at), each.name) for each in found
    ]
    for line in table(cells):
        click.echo(line)


@command.command("create", short_help="Create a district or a school.")
@click.argument("name")
@click.option("--district", "is_district", is_flag=True, help="A district, which can have schools.")
@click.option("--in", "parent_id", metavar="ID", help="The district that a school belongs to.")
@click.option("--locale", default="en", show_default=True, metavar="LOCALE", help="Such as de or en-GB.")
@click.option("--time-zone", default="UTC", show_default=True, metavar="ZONE", help="Such as Europe/Berlin.")
@options
@click.pass_obj
def create_command(  # noqa: PLR0917 - the options of a command
    asked: Asked,
    name: str,
    is_district: bool,  # noqa: FBT001 - an option of a command
    parent_id: str | None,
    locale: str,
    time_zone: str,
) -> None:
    """Create a district or a school, and print its id.

    \b
    Examples:
      toolboxai tenants create "North District" --district
      toolboxai tenants create "Lakeside School" --in 01m5x...
    """
    from backend.accounts.tenants import service
    from backend.accounts.tenants.schemas import NewTenant

    wanted = checked(
        NewTenant,
        kind="district" if is_district else "school",
        name=name,
        parent_id=parent_id,
        locale=locale,
        time_zone=time_zone,
    )

    async def unit(tx: "Transaction", by: "Teller", _rights: "RightsChanges") -> "Tenant":
        return await service.create(tx, by, wanted)

    _tell(asked, change(asked, unit), "was created")


@command.command("suspend", short_help="Stop everything that keys and people do in one.")
@click.argument("tenant_id", metavar="ID")
@options
@click.pass_obj
def suspend_command(asked: Asked, tenant_id: str) -> None:
    """Stop everything that keys and people do in a district or school, at once. Nothing is lost.

    \b
    Example:
      toolboxai tenants suspend 01m5x...
    """
    from backend.accounts.tenants import service

    async def unit(tx: "Transaction", by: "Teller", rights: "RightsChanges") -> "Tenant":
        return await service.suspend(tx, by, rights, tenant_id)

    _tell(asked, change(asked, unit), "is suspended")


@command.command("resume", short_help="Let a suspended one go on.")
@click.argument("tenant_id", metavar="ID")
@options
@click.pass_obj
def resume_command(asked: Asked, tenant_id: str) -> None:
    """Let a suspended district or school go on.

    \b
    Example:
      toolboxai tenants resume 01m5x...
    """
    from backend.accounts.tenants import service

    async def unit(tx: "Transaction", by: "Teller", rights: "RightsChanges") -> "Tenant":
        return await service.resume(tx, by, rights, tenant_id)

    _tell(asked, change(asked, unit), "goes on")


@command.command("delete", short_help="Delete one with everything it has.")
@click.argument("tenant_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can answer.")
@options
@click.pass_obj
def delete_command(asked: Asked, tenant_id: str, yes: bool) -> None:  # noqa: FBT001
    """Delete a district or school with everything it has. It cannot be brought back.

    The bridge does it in the background; until it is done the list shows it as "deleting".

    \b
    Example:
      toolboxai tenants delete 01m5x... --yes
    """
    from backend.accounts.tenants import service

    if not yes:
        click.confirm(f"Delete {tenant_id} with everything it has?", abort=True, err=True)

    async def unit(tx: "Transaction", by: "Teller", rights: "RightsChanges") -> "Tenant":
        return await service.delete(tx, by, rights, tenant_id)

    _tell(asked, change(asked, unit), "is being deleted")


def _tell(asked: Asked, tenant: "Tenant", what: str) -> None:
    click.echo(json.dumps(asdict(tenant)) if asked.as_json else f"{tenant.id} {tenant.name} {what}.")
