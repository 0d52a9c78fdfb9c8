"""`toolboxai keys rotate`: another version of the master key, and everything put under it."""

import asyncio
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from backend.errors import UsageError
from bridge.cli.asked import Asked, options
from bridge.cli.loading import load_settings
from bridge.cli.progress import Shown
from bridge.cli.with_database import operator_at_the_machine, vault_of, with_database

if TYPE_CHECKING:
    from backend.db.unit import Database, Transaction
    from bridge.settings import Settings

# Beyond the second after which a process has read the file, as clocks and disks are not exact.
_LONGER_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Rotated:
    version: int
    holder_keys: int
    people: int


@click.command("rotate", short_help="Take a new version into use, and put everything under it.")
@click.option("--prepare", is_flag=True, help="Only make a version that is read and not used yet, for several hosts.")
@options
@click.pass_obj
def command(asked: Asked, prepare: bool) -> None:  # noqa: FBT001 - an option of a command
    """Take a new version of the master key into use, and put everything that is sealed under it.

    It can be stopped and begun again: then it goes on with the version that it was about. A bridge may run meanwhile;
    it reads the new file within a second, which is waited for. Keep a copy of the key file before and after.

    \b
    Examples:
      toolboxai keys rotate
      toolboxai keys rotate --prepare
    """
    settings = load_settings(asked).settings
    if prepare:
        version = with_database(asked, lambda database: _prepare(settings, database), settings)
        if asked.as_json:
            click.echo(json.dumps({"version": version, "state": "waiting"}))
            return
        click.echo(f"Version {version} is in {settings.key_path} and waits.")
        click.echo('Copy the file to every host, then run "toolboxai keys rotate" on one of them.', err=True)
        return
    done = with_database(asked, lambda database: _rotate(asked, settings, database), settings)
    if asked.as_json:
        click.echo(json.dumps(asdict(done)))
        return
    click.echo(f"Version {done.version} is in use; {done.holder_keys} keys and {done.people} people were put under it.")


async def _prepare(settings: "Settings", database: "Database") -> int:
    from backend.sealing import key_file, turning
    from backend.sealing.master_keys import KeysRefused

    await vault_of(settings, database)
    path = settings.key_path
    with turning.one_at_a_time(path):
        try:
            keys = key_file.read(path).with_another(made_at=int(time.time()), in_use=False)
        except KeysRefused as error:
            raise UsageError(str(error)) from None
        key_file.write(path, keys)
    return keys.keys[-1].version


async def _rotate(asked: Asked, settings: "Settings", database: "Database") -> Rotated:
    from backend.accounts.audit.ids import PLATFORM
    from backend.accounts.audit.kinds import KeysRotated
    from backend.accounts.audit.words import KeyPurpose
    from backend.accounts.people.service import People
    from backend.sealing import rotation, turning
    from backend.sealing.key_ring import LOOKED_AT_SECONDS

    # This refuses a file that is not the one of the database before anything is added to it.
    await vault_of(settings, database)
    with turning.one_at_a_time(settings.key_path):
        version = await _take_into_use(settings.key_path, database)
        if not asked.as_json:
            click.echo(f"Waiting a second, until a bridge that runs has read version {version}.", err=True)
        await asyncio.sleep(LOOKED_AT_SECONDS + _LONGER_SECONDS)
        vault, by = await vault_of(settings, database), operator_at_the_machine(settings)

        async def begin(tx: "Transaction") -> int:
            begun = await rotation.begin(vault, tx)
            if begun:
                await by.tell(tx, PLATFORM, KeysRotated(KeyPurpose.FIELDS, version))
            return int(begun)

        first = await database.write(begin)
        with Shown("wrapping", asked=asked) as shown:
            wrapped = await rotation.wrap_all_anew(vault, database, lambda done: shown.counted(done, "keys"))
        with Shown("digesting", asked=asked) as shown:
            digested = await People(vault).digest_all_anew(database, lambda done: shown.counted(done, "people"))
        return Rotated(version, first + wrapped, digested)


async def _take_into_use(path: Path, database: "Database") -> int:
    from backend.accounts.people import store as people
    from backend.sealing import key_file, store, turning

    keys = key_file.read(path)
    in_use = {*await database.read(store.counts), *await database.read(people.counts_by_digest)}
    wanted = turning.turned(keys, made_at=int(time.time()), is_unfinished=not in_use <= {keys.newest.version})
    if wanted != keys:
        key_file.write(path, wanted)
    return wanted.newest.version
