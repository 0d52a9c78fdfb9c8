"""`toolboxai gamekeys`: the keys with which games say which school they belong to."""

from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.fields import checked
from bridge.cli.key_commands import list_keys, revoke_key, rotate_key, tell_secret
from bridge.cli.table import limit_option
from bridge.cli.with_database import change

if TYPE_CHECKING:
    from backend.accounts.audit.teller import Teller
    from backend.accounts.keys.gamekeys.store import GameKey
    from backend.db.rights_changes import RightsChanges
    from backend.db.unit import Transaction
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
@limit_option
@options
@click.pass_obj
def list_command(asked: Asked, tenant_id: str, after: str, limit: int) -> None:
    """Show the keys of a tenant, without their secrets.

    \b
    Example:
      toolboxai gamekeys list 01m5x... --json
    """
    from backend.accounts.keys.gamekeys.service import KEYS

    list_keys(asked, KEYS, tenant_id, after=after, limit=limit, column="UNIVERSES", shown=lambda key: key.universes)


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

    async def unit(tx: "Transaction", by: "Teller", _rights: "RightsChanges") -> tuple["GameKey", "Secret"]:
        return await service.create(tx, by, tenant_id, wanted)

    tell_secret(asked, service.KEYS, *change(asked, unit, tenant=tenant_id))


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
    from backend.accounts.keys.gamekeys.service import KEYS

    rotate_key(asked, KEYS, tenant_id, key_id, overlap_hours)


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
    from backend.accounts.keys.gamekeys.service import KEYS

    revoke_key(asked, KEYS, tenant_id, key_id)
