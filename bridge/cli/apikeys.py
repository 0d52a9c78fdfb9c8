"""`toolboxai apikeys`: the keys with which programs of a tenant ask."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.fields import checked
from bridge.cli.table import moment, table
from bridge.cli.with_database import change, tenant_id_of, with_database

if TYPE_CHECKING:
    from backend.accounts.keys.apikeys.store import ApiKey
    from backend.db.rights_changes import RightsChanges
    from backend.db.unit import Database, Transaction
    from backend.secret import Secret


@click.group("apikeys", short_help="List, make, replace and end the API keys of a tenant.")
def command() -> None:
    """List, make, replace and end the API keys of a tenant.

    A key is shown once, when it is made. It goes in the header "Authorization: Bearer tbx_api_...".

    \b
    Examples:
      toolboxai apikeys create 01m5x... "Timetable" --scope class.read --scope tenant.read
      toolboxai apikeys list 01m5x...
      toolboxai apikeys revoke 01m5x... 01m5y...
    """


@command.command("list", short_help="Show the keys of a tenant, without their secrets.")
@click.argument("tenant_id", metavar="TENANT")
@click.option("--after", default="", metavar="ID", help="Begin after this one.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, metavar="N", help="At most so many."
)
@options
@click.pass_obj
def list_command(asked: Asked, tenant_id: str, after: str, limit: int) -> None:
    """Show the keys of a tenant, without their secrets.

    \b
    Example:
      toolboxai apikeys list 01m5x... --json
    """
    from backend.accounts.keys.apikeys import service
    from backend.accounts.tenants import service as tenants

    async def read(database: "Database") -> Sequence["ApiKey"]:
        async def unit(tx: "Transaction") -> Sequence["ApiKey"]:
            await tenants.tenant(tx, tenant_id)
            return await service.page(tx, tenant_id, (after,) if after else None, limit)

        return await database.read(unit, tenant=tenant_id_of(tenant_id))

    found = with_database(asked, read)
    if asked.as_json:
        click.echo(json.dumps({"api_keys": [asdict(each) for each in found]}))
        return
    cells = [("ID", "STATE", "ENDS", "USED", "SCOPES", "NAME")]
    for each in found:
        state = "active" if each.revoked_at is None else "revoked"
        scopes = " ".join(each.scopes)
        cells.append((each.id, state, moment(each.ends_at), moment(each.used_at), scopes, each.name))
    for line in table(cells):
        click.echo(line)


@command.command("create", short_help="Make a key and print it, once.")
@click.argument("tenant_id", metavar="TENANT")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, metavar="NAME", help="A permission; one or more.")
@click.option("--days", type=int, default=365, show_default=True, metavar="N", help="How long it holds.")
@options
@click.pass_obj
def create_command(asked: Asked, tenant_id: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a key and print it. It is kept nowhere, so it cannot be shown again.

    docs/permissions.md says which permissions a key may have.

    \b
    Example:
      toolboxai apikeys create 01m5x... "Timetable" --scope class.read
    """
    from backend.accounts.keys.apikeys import service
    from backend.accounts.keys.apikeys.schemas import NewApiKey
    from backend.accounts.people import matrix

    wanted = checked(NewApiKey, name=name, scopes=scopes, days=days)

    async def unit(tx: "Transaction", _rights: "RightsChanges") -> tuple["ApiKey", "Secret"]:
        return await service.create(tx, matrix.load(), tenant_id, wanted, by=("operator", ""))

    _tell_secret(asked, *change(asked, unit, tenant=tenant_id))


@command.command("rotate", short_help="Give a key a new secret and print it, once.")
@click.argument("tenant_id", metavar="TENANT")
@click.argument("key_id", metavar="KEY")
@click.option(
    "--overlap-hours", type=int, default=24, show_default=True, metavar="N", help="How long the old holds on."
)
@options
@click.pass_obj
def rotate_command(asked: Asked, tenant_id: str, key_id: str, overlap_hours: int) -> None:
    """Give a key a new secret and print it; the old one holds for some hours more.

    \b
    Example:
      toolboxai apikeys rotate 01m5x... 01m5y... --overlap-hours 1
    """
    from backend.accounts.keys.apikeys import service
    from backend.accounts.keys.apikeys.schemas import Rotation

    wanted = checked(Rotation, overlap_hours=overlap_hours)

    async def unit(tx: "Transaction", rights: "RightsChanges") -> tuple["ApiKey", "Secret"]:
        return await service.KEYS.rotate(tx, rights, tenant_id, key_id, wanted.overlap_hours)

    _tell_secret(asked, *change(asked, unit, tenant=tenant_id))


@command.command("revoke", short_help="End a key at once.")
@click.argument("tenant_id", metavar="TENANT")
@click.argument("key_id", metavar="KEY")
@options
@click.pass_obj
def revoke_command(asked: Asked, tenant_id: str, key_id: str) -> None:
    """End a key at once.

    \b
    Example:
      toolboxai apikeys revoke 01m5x... 01m5y...
    """
    from backend.accounts.keys.apikeys import service

    async def unit(tx: "Transaction", rights: "RightsChanges") -> "ApiKey":
        return await service.KEYS.revoke(tx, rights, tenant_id, key_id)

    ended = change(asked, unit, tenant=tenant_id)
    click.echo(json.dumps(asdict(ended)) if asked.as_json else f"{ended.id} {ended.name} has ended.")


def _tell_secret(asked: Asked, key: "ApiKey", text: "Secret") -> None:
    if asked.as_json:
        click.echo(json.dumps({"api_key": asdict(key), "text": text.reveal()}))
        return
    click.echo(text.reveal())
    click.echo(f"This is {key.name}, {key.id}; it is not shown again. It holds until {moment(key.ends_at)}.", err=True)
