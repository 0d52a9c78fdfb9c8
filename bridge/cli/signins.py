"""`toolboxai signins`: where somebody is signed in."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.table import moment, table
from bridge.cli.with_database import change, with_database

if TYPE_CHECKING:
    from backend.accounts.audit.teller import Teller
    from backend.accounts.signin.sessions.store import Signin
    from backend.db.rights_changes import RightsChanges
    from backend.db.unit import Database, Transaction


@click.group("signins", short_help="Show where somebody is signed in, and sign them out.")
def command() -> None:
    """Show where somebody is signed in, and sign them out.

    \b
    Examples:
      toolboxai signins list 01m5y...
      toolboxai signins revoke 01m5y...
    """


@command.command("list", short_help="Show where somebody is signed in, the last one first.")
@click.argument("person_id", metavar="PERSON")
@options
@click.pass_obj
def list_command(asked: Asked, person_id: str) -> None:
    """Show where somebody is signed in, the last one first.

    \b
    Example:
      toolboxai signins list 01m5y... --json
    """
    from backend.accounts.people import store
    from backend.accounts.people.service import there
    from backend.accounts.signin.sessions import service

    async def read(database: "Database") -> Sequence["Signin"]:
        async def unit(tx: "Transaction") -> Sequence["Signin"]:
            there(await store.find(tx, person_id))
            return await service.of_person(tx, person_id)

        return await database.read(unit)

    found = with_database(asked, read)
    if asked.as_json:
        click.echo(json.dumps({"signins": [asdict(each) for each in found]}))
        return
    cells = [("ID", "SINCE", "SEEN", "ENDS", "SECOND FACTOR", "DEVICE")]
    for each in found:
        factor = "no" if each.second_factor_at is None else "yes"
        cells.append(
            (each.id, moment(each.created_at), moment(each.seen_at), moment(each.ends_at), factor, each.device)
        )
    for line in table(cells):
        click.echo(line)


@command.command("revoke", short_help="Sign somebody out, everywhere or in one place.")
@click.argument("person_id", metavar="PERSON")
@click.argument("signin_id", metavar="[SIGNIN]", required=False)
@options
@click.pass_obj
def revoke_command(asked: Asked, person_id: str, signin_id: str | None) -> None:
    """Sign somebody out at once, everywhere or in one place; they may sign in again.

    \b
    Examples:
      toolboxai signins revoke 01m5y...
      toolboxai signins revoke 01m5y... 01m60...
    """
    from backend.accounts.audit.ids import PLATFORM, as_id
    from backend.accounts.audit.kinds import SigninRevoked
    from backend.accounts.audit.words import RevocationReason
    from backend.accounts.people import store
    from backend.accounts.people.service import there
    from backend.accounts.signin.sessions import service

    async def unit(tx: "Transaction", by: "Teller", rights: "RightsChanges") -> int:
        there(await store.find(tx, person_id))
        if signin_id is None:
            ended = await service.end_all(tx, rights, person_id)
        else:
            ended = await service.end(tx, rights, person_id, signin_id)
        if ended:
            await by.tell(tx, PLATFORM, SigninRevoked(RevocationReason.BY_ADMIN, ended), subject_id=as_id(person_id))
        return ended

    ended = change(asked, unit)
    places = "1 place" if ended == 1 else f"{ended} places"
    click.echo(json.dumps({"ended": ended}) if asked.as_json else f"{person_id} was signed out in {places}.")
