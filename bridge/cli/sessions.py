"""`toolboxai sessions`: what devices and game servers have open."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from backend.errors import UsageError
from bridge.cli.asked import Asked, options
from bridge.cli.table import limit_option, moment, table
from bridge.cli.with_database import change, tenant_id_of, with_database

if TYPE_CHECKING:
    from backend.accounts.audit.teller import Teller
    from backend.db.rights_changes import RightsChanges
    from backend.db.unit import Database, Transaction
    from bridge.gate.sessions.store import Record


@click.group("sessions", short_help="Show what devices and game servers have open, and end it.")
def command() -> None:
    """Show the sessions that devices and game servers have open, and end them.

    A session lasts a quarter of an hour. Whoever opened it may open another: to keep a device or a game out, end the
    device or the game key.

    \b
    Examples:
      toolboxai sessions list 01m5x...
      toolboxai sessions revoke 01m5x... --holder 01m5y...
    """


@command.command("list", short_help="Show the sessions of a tenant that have not ended.")
@click.argument("tenant_id", metavar="TENANT")
@click.option("--holder", default=None, metavar="ID", help="Only those of this device or game key.")
@click.option("--after", default="", metavar="ID", help="Begin after this one.")
@limit_option
@options
@click.pass_obj
def list_command(asked: Asked, tenant_id: str, holder: str | None, after: str, limit: int) -> None:
    """Show the sessions of a tenant that have not ended.

    \b
    Example:
      toolboxai sessions list 01m5x... --json
    """
    from backend.accounts.tenants import service as tenants
    from bridge.gate.sessions import service

    async def read(database: "Database") -> Sequence["Record"]:
        async def unit(tx: "Transaction") -> Sequence["Record"]:
            await tenants.tenant(tx, tenant_id)
            return await service.live(tx, tenant_id, holder_id=holder, after=after, limit=limit)

        return await database.read(unit, tenant=tenant_id_of(tenant_id))

    found = with_database(asked, read)
    if asked.as_json:
        click.echo(json.dumps({"sessions": [asdict(each) for each in found]}))
        return
    cells = [("ID", "STATE", "OF", "HOLDER", "OPENED", "ENDS", "PLACE", "SCOPES")]
    for each in found:
        state = "stopped" if each.is_revoked else "live"
        place = "-" if each.place_id is None else str(each.place_id)
        times = moment(each.opened_at), moment(each.ends_at)
        cells.append(
            (each.sid, state, each.kind.replace("_", " "), each.holder_id, *times, place, " ".join(each.scopes))
        )
    for line in table(cells):
        click.echo(line)


@command.command("revoke", short_help="End one session, those of a device or game key, or all of a tenant.")
@click.argument("tenant_id", metavar="TENANT")
@click.argument("sid", metavar="[SESSION]", required=False)
@click.option("--holder", default=None, metavar="ID", help="Those of this device or game key.")
@click.option("--all", "everyone", is_flag=True, help="Every one of the tenant.")
@options
@click.pass_obj
def revoke_command(asked: Asked, tenant_id: str, sid: str | None, holder: str | None, *, everyone: bool) -> None:
    """End sessions at once: one, those of a device or a game key, or all of a tenant.

    \b
    Examples:
      toolboxai sessions revoke 01m5x... AQAAvK3v0m1yqO2c9a5bTn8sZQ
      toolboxai sessions revoke 01m5x... --holder 01m5y...
      toolboxai sessions revoke 01m5x... --all
    """
    from backend.accounts.audit.words import RevocationReason
    from backend.accounts.tenants import service as tenants
    from bridge.gate.sessions import service

    if [sid is not None, holder is not None, everyone].count(True) != 1:
        raise UsageError("say which: the id of a session, --holder with that of a device or game key, or --all")

    async def unit(tx: "Transaction", by: "Teller", rights: "RightsChanges") -> int:
        # Held as by whatever tells its trail: nothing is added to that of a tenant that is being deleted.
        await tenants.hold(tx, tenant_id)
        if sid is not None:
            return await service.revoke(tx, by, rights, tenant_id, sid, RevocationReason.BY_ADMIN)
        if holder is not None:
            return await service.revoke_of_holder(tx, by, rights, tenant_id, holder, RevocationReason.BY_ADMIN)
        return await service.revoke_all(tx, by, rights, tenant_id, RevocationReason.BY_ADMIN)

    ended = change(asked, unit, tenant=tenant_id)
    counted = "1 session was" if ended == 1 else f"{ended} sessions were"
    click.echo(json.dumps({"ended": ended}) if asked.as_json else f"{counted} ended.")
