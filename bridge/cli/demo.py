"""`toolboxai demo`: something to try things with."""

import json
from typing import TYPE_CHECKING, Any

import click

from bridge.cli.asked import Asked, options
from bridge.cli.table import table
from bridge.cli.with_accounts import Desk, with_accounts

if TYPE_CHECKING:
    from backend.accounts.demo import Demo

_LARGEST_ID = 2**53 - 1


@click.command("demo", short_help="Fill an empty database with two schools to try things with.")
@click.option(
    "--universe",
    "universe_id",
    type=click.IntRange(1, _LARGEST_ID),
    default=1,
    show_default=True,
    metavar="ID",
    help="The experience of Roblox that may use the game key.",
)
@options
@click.pass_obj
def command(asked: Asked, universe_id: int) -> None:
    """Fill an empty database with two schools, people in different roles, an API key and a game key.

    The passwords and keys are made by chance and printed once. A database in which anything is, it leaves alone.

    \b
    Examples:
      toolboxai demo
      toolboxai demo --data-dir demo --json
    """
    from backend.accounts import demo

    async def work(desk: Desk) -> tuple["Demo", str]:
        made = await demo.fill(desk.database, desk.accounts, desk.by, desk.rights, universe_id=universe_id)
        return made, desk.url("/")

    made, url = with_accounts(asked, work, changes=True)
    if asked.as_json:
        click.echo(json.dumps(_told(made, url)))
        return
    cells = [("ADDRESS", "PASSWORD", "ROLE", "WHERE", "NAME")]
    for each in made.people:
        wanted = each.wanted
        where = wanted.tenant or "the platform"
        cells.append((wanted.address, each.password.reveal(), wanted.role, where, wanted.name))
    for line in table(cells):
        click.echo(line)
    click.echo("")
    for name, text in (("API key", made.api_key), ("Game key", made.game_key)):
        click.echo(f"{name} of Lakeside School: {text.reveal()}")
    click.echo(f"Sign in at {url}. None of this is shown again.", err=True)


def _told(made: "Demo", url: str) -> dict[str, Any]:
    return {
        "url": url,
        "tenants": [{"id": tenant_id, "name": name} for name, tenant_id in made.tenants.items()],
        "people": [
            {
                "id": each.id,
                "name": each.wanted.name,
                "email": each.wanted.address,
                "password": each.password.reveal(),
                "role": each.wanted.role,
                "tenant_id": None if each.wanted.tenant is None else made.tenants[each.wanted.tenant],
            }
            for each in made.people
        ],
        "api_key": made.api_key.reveal(),
        "game_key": made.game_key.reveal(),
    }
