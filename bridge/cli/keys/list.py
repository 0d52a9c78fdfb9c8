"""`toolboxai keys list`: the versions of the master key."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.loading import load_settings
from bridge.cli.table import moment, table
from bridge.cli.with_database import vault_of, with_database

if TYPE_CHECKING:
    from backend.db.unit import Database


@dataclass(frozen=True, slots=True)
class Version:
    version: int
    made_at: int
    state: str
    """`in use` for the one that new things are made with, `waiting`, or `kept` for those before it."""

    holder_keys: int
    people: int
    devices: int
    sessions: int


@click.command("list", short_help="Show the versions, and how much is under each.")
@options
@click.pass_obj
def command(asked: Asked) -> None:
    """Show the versions of the master key, and how much is under each: keys of holders, people, devices and sessions.

    A version that only records of the audit trail were made with has nothing under it, and stays for these.

    \b
    Example:
      toolboxai keys list --json
    """
    from backend.accounts.people import store as people
    from backend.sealing import store as sealing
    from bridge.gate.sessions.versions import needed

    settings = load_settings(asked).settings

    async def read(database: "Database") -> Sequence[Version]:
        keys = (await vault_of(settings, database)).ring.keys
        wrapped, digested = await database.read(sealing.counts), await database.read(people.counts_by_digest)
        needs = await needed(database)
        found = []
        for key in keys.keys:
            state = "in use" if key is keys.newest else "kept" if key.in_use else "waiting"
            counts = wrapped.get(key.version, 0), digested.get(key.version, 0)
            derived = needs.devices[key.version], needs.sessions[key.version]
            found.append(Version(key.version, key.made_at * 1000, state, *counts, *derived))
        return found

    found = with_database(asked, read, settings)
    if asked.as_json:
        click.echo(json.dumps({"keys": [asdict(each) for each in found]}))
        return
    cells = [("VERSION", "MADE", "STATE", "HOLDER KEYS", "PEOPLE", "DEVICES", "SESSIONS")]
    for each in found:
        sealed, derived = (str(each.holder_keys), str(each.people)), (str(each.devices), str(each.sessions))
        cells.append((str(each.version), moment(each.made_at), each.state, *sealed, *derived))
    for line in table(cells):
        click.echo(line)
