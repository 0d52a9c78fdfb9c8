"""`toolboxai keys verify`: whether everything that is sealed opens with the key file that is here."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from backend.errors import CheckFailed
from bridge.cli.asked import Asked, options
from bridge.cli.loading import load_settings
from bridge.cli.progress import Shown
from bridge.cli.with_database import with_database

if TYPE_CHECKING:
    from backend.db.unit import Database
    from backend.sealing.checking import Opened
    from backend.sealing.vault import Vault
    from bridge.settings import Settings


@dataclass(frozen=True, slots=True)
class Closed:
    """What does not open: whose it is, and never what is in it."""

    what: str
    id: str
    tenant_id: str | None = None


@click.command("verify", short_help="Open every key there is, and say what does not open.")
@options
@click.pass_context
def command(context: click.Context) -> None:
    """Open every key there is and the name and address of everybody, and say what does not open.

    It ends with exit code 12 if something does not. Nothing of what is opened is shown.

    \b
    Example:
      toolboxai keys verify
    """
    asked = context.find_object(Asked) or Asked()
    settings = load_settings(asked).settings
    with Shown("opening", asked=asked) as shown:
        opened, closed = with_database(asked, lambda database: _check(settings, database, _Counter(shown)), settings)
    if asked.as_json:
        told = {"ok": not closed, "opened": opened, "closed": [asdict(each) for each in closed]}
        click.echo(json.dumps(told))
    else:
        for each in closed:
            of_tenant = "" if each.tenant_id is None else f" of the tenant {each.tenant_id}"
            click.echo(f"does not open: {each.what} {each.id}{of_tenant}")
        click.echo(f"{opened} opened, {len(closed)} did not.")
    context.exit(CheckFailed.exit_code if closed else 0)


class _Counter:
    """Adds up pages for the line of progress."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._done = 0

    def __call__(self, more: int) -> None:
        self._done += more
        self._shown.counted(self._done, "keys")


async def _check(
    settings: "Settings", database: "Database", told: Callable[[int], None]
) -> tuple[int, Sequence[Closed]]:
    from backend.sealing.checking import check_holders, check_subjects
    from backend.sealing.key_ring import KeyRing
    from backend.sealing.vault import PLATFORM, Vault

    # Not opened as others do it: that refuses to go on where the key of the platform does not open, without the rest.
    vault = Vault(KeyRing(settings.key_path))
    holders = await check_holders(vault, database, told)
    opened = len(holders.open)
    closed = [Closed("platform" if each == PLATFORM else "tenant", each) for each in holders.closed]
    for tenant_id in holders.open:
        found = (
            await _check_people(vault, database, told)
            if tenant_id == PLATFORM
            else await check_subjects(vault, database, tenant_id, told)
        )
        opened += len(found.open)
        whose = None if tenant_id == PLATFORM else tenant_id
        closed += [Closed("person" if whose is None else "subject", each, whose) for each in found.closed]
    return opened, closed


async def _check_people(vault: "Vault", database: "Database", told: Callable[[int], None]) -> "Opened":
    from backend.accounts.people.checking import check_people
    from backend.accounts.people.service import People

    await vault.open(database)
    return await check_people(People(vault), database, told)
