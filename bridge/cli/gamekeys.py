"""`toolboxai gamekeys`: the keys with which games say which school they belong to."""

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
    from backend.accounts.keys.gamekeys.store import GameKey
    from backend.db.rights_changes import RightsChanges
    from backend.db.unit import Database, Transaction
    from backend.secret import Secret


@click.group("gamekeys", short_help="List, make, replace and end the keys of game servers.")
def command() -> None:
    """List, make, replace and end the keys of game servers.

    A key is shown once, when it is made. It goes into the secrets of the experience, never into a script.

    \b
    Examples:
      toolboxai gamekeys create 01m5x... "Fractions" --universe 1234567890
      toolboxai gamekeys list 01m5x...
      toolboxai gamekeys revoke 01m5x... 01m5y...
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
      toolboxai gamekeys list 01m5x... --json
    """
    from backend.accounts.keys.gamekeys import service
    from backend.accounts.tenants import service as tenants

    async def read(database: "Database") -> Sequence["GameKey"]:
        async def unit(tx: "Transaction") -> Sequence["GameKey"]:
            await tenants.tenant(tx, tenant_id)
            return await service.page(tx, tenant_id, (after,) if after else None, limit)

        return await database.read(unit, tenant=tenant_id_of(tenant_id))

    found = with_database(asked, read)
    if asked.as_json:
        click.echo(json.dumps({"game_keys": [asdict(each) for each in found]}))
        return
    cells = [("ID", "STATE", "ENDS", "USED", "UNIVERSES", "NAME")]
    for each in found:
        state = "active" if each.revoked_at is None else "revoked"
        universes = " ".join(map(str, each.universes))
        cells.append((each.id, state, moment(each.ends_at), moment(each.used_at), universes, each.name))
    for line in table(cells):
        click.echo(line)


@command.command("create", short_help="Make a key and print it, once.")
@click.argument("tenant_id", metavar="TENANT")
@click.argument("name")
@click.option("--universe", "universes", type=int, multiple=True, required=True, metavar="ID", help="One or more.")
@click.option("--place", "places", type=int, multiple=True, metavar="ID", help="Its places; all when none is named.")
@click.option("--network", "networks", multiple=True, metavar="NET", help="Where from; everywhere when none is named.")
@click.option("--days", type=int, default=365, show_default=True, metavar="N", help="How long it holds.")
@options
@click.pass_obj
def create_command(  # noqa: PLR0917 - the options of a command
    asked: Asked,
    tenant_id: str,
    name: str,
    universes: tuple[int, ...],
    places: tuple[int, ...],
    networks: tuple[str, ...],
    days: int,
) -> None:
    """Make a key and print it. It is kept nowhere, so it cannot be shown again.

    \b
    Example:
      toolboxai gamekeys create 01m5x... "Fractions" --universe 1234567890
    """
    from backend.accounts.keys.gamekeys import service
    from backend.accounts.keys.gamekeys.schemas import NewGameKey

    wanted = checked(NewGameKey, name=name, universes=universes, places=places, networks=networks, days=days)

    async def unit(tx: "Transaction", _rights: "RightsChanges") -> tuple["GameKey", "Secret"]:
        return await service.create(tx, tenant_id, wanted, by=("operator", ""))

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
      toolboxai gamekeys rotate 01m5x... 01m5y... --overlap-hours 1
    """
    from backend.accounts.keys.apikeys.schemas import Rotation
    from backend.accounts.keys.gamekeys import service

    wanted = checked(Rotation, overlap_hours=overlap_hours)

    async def unit(tx: "Transaction", rights: "RightsChanges") -> tuple["GameKey", "Secret"]:
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
      toolboxai gamekeys revoke 01m5x... 01m5y...
    """
    from backend.accounts.keys.gamekeys import service

    async def unit(tx: "Transaction", rights: "RightsChanges") -> "GameKey":
        return await service.KEYS.revoke(tx, rights, tenant_id, key_id)

    ended = change(asked, unit, tenant=tenant_id)
    click.echo(json.dumps(asdict(ended)) if asked.as_json else f"{ended.id} {ended.name} has ended.")


def _tell_secret(asked: Asked, key: "GameKey", text: "Secret") -> None:
    if asked.as_json:
        click.echo(json.dumps({"game_key": asdict(key), "text": text.reveal()}))
        return
    click.echo(text.reveal())
    click.echo(f"This is {key.name}, {key.id}; it is not shown again. It holds until {moment(key.ends_at)}.", err=True)
