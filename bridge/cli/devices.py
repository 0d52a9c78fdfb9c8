"""`toolboxai devices`: the Studio installs and daemons that were let in."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.table import limit_option, moment, table
from bridge.cli.with_database import change, tenant_id_of, with_database

if TYPE_CHECKING:
    from backend.accounts.audit.teller import Teller
    from backend.db.rights_changes import RightsChanges
    from backend.db.unit import Database, Transaction
    from bridge.gate.devices.store import Device


@click.group("devices", short_help="List and end the Studio installs and daemons that were let in.")
def command() -> None:
    """List and end the Studio installs and daemons that were let in.

    One that was not used for 30 days has ended by itself. "toolboxai pair" lets another in.

    \b
    Examples:
      toolboxai devices list 01m5x...
      toolboxai devices revoke 01m5x... 01m5y...
    """


@command.command("list", short_help="Show the devices of a tenant.")
@click.argument("tenant_id", metavar="TENANT")
@click.option("--after", default="", metavar="ID", help="Begin after this one.")
@limit_option
@options
@click.pass_obj
def list_command(asked: Asked, tenant_id: str, after: str, limit: int) -> None:
    """Show the devices of a tenant, in the order in which they were let in.

    \b
    Example:
      toolboxai devices list 01m5x... --json
    """
    from backend.accounts.tenants import service as tenants
    from bridge.gate.devices import service
    from bridge.gate.devices.schemas import device_shown

    async def read(database: "Database") -> Sequence["Device"]:
        async def unit(tx: "Transaction") -> Sequence["Device"]:
            await tenants.tenant(tx, tenant_id)
            return await service.page(tx, tenant_id, (after,) if after else None, limit)

        return await database.read(unit, tenant=tenant_id_of(tenant_id))

    found = with_database(asked, read)
    if asked.as_json:
        click.echo(json.dumps({"devices": [asdict(device_shown(each)) for each in found]}))
        return
    cells = [("ID", "KIND", "STATE", "APPROVED", "USED", "SCOPES", "NAME")]
    for each in found:
        scopes = " ".join(each.scopes)
        cells.append(
            (each.id, each.kind, each.state, moment(each.approved_at), moment(each.used_at), scopes, each.name)
        )
    for line in table(cells):
        click.echo(line)


@command.command("revoke", short_help="End a device and its sessions at once.")
@click.argument("tenant_id", metavar="TENANT")
@click.argument("device_id", metavar="DEVICE")
@options
@click.pass_obj
def revoke_command(asked: Asked, tenant_id: str, device_id: str) -> None:
    """End a device and its sessions at once; it may ask to be paired anew.

    \b
    Example:
      toolboxai devices revoke 01m5x... 01m5y...
    """
    from bridge.gate.devices import service
    from bridge.gate.devices.schemas import device_shown

    async def unit(tx: "Transaction", by: "Teller", rights: "RightsChanges") -> "Device":
        return await service.revoke(tx, by, rights, tenant_id, device_id)

    ended = change(asked, unit, tenant=tenant_id)
    click.echo(json.dumps(asdict(device_shown(ended))) if asked.as_json else f"{ended.id} {ended.name} has ended.")
