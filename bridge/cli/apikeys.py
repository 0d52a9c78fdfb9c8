"""`toolboxai apikeys`: the keys with which programs of a tenant ask."""

from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.fields import checked
from bridge.cli.key_commands import list_keys, revoke_key, rotate_key, tell_secret
from bridge.cli.table import limit_option
from bridge.cli.with_database import change

if TYPE_CHECKING:
    from backend.accounts.audit.teller import Teller
    from backend.accounts.keys.apikeys.store import ApiKey
    from backend.db.rights_changes import RightsChanges
    from backend.db.unit import Transaction
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
@limit_option
@options
@click.pass_obj
def list_command(asked: Asked, tenant_id: str, after: str, limit: int) -> None:
    """Show the keys of a tenant, without their secrets.

    \b
    Example:
      toolboxai apikeys list 01m5x... --json
    """
    from backend.accounts.keys.apikeys.service import KEYS

    list_keys(asked, KEYS, tenant_id, after=after, limit=limit, column="SCOPES", shown=lambda key: key.scopes)


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

    async def unit(tx: "Transaction", by: "Teller", _rights: "RightsChanges") -> tuple["ApiKey", "Secret"]:
        return await service.create(tx, by, matrix.load(), tenant_id, wanted)

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
      toolboxai apikeys rotate 01m5x... 01m5y... --overlap-hours 1
    """
    from backend.accounts.keys.apikeys.service import KEYS

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
      toolboxai apikeys revoke 01m5x... 01m5y...
    """
    from backend.accounts.keys.apikeys.service import KEYS

    revoke_key(asked, KEYS, tenant_id, key_id)
