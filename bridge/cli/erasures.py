"""`toolboxai erasures`: take away everything that is kept of somebody, and do it again after a restore."""

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import click

from backend.errors import UsageError
from bridge.cli.asked import Asked, options
from bridge.cli.loading import load_settings
from bridge.cli.table import moment, table
from bridge.cli.with_database import own_rights, tell_running, vault_of, with_database

if TYPE_CHECKING:
    from backend.compliance.erasure import Erased, Erasure
    from backend.compliance.ledger import Ledger
    from backend.db.unit import Database

T = TypeVar("T")
REASONS = ("request", "withdrawal", "retention", "platform_notice")


@click.group("erasures", short_help="Take away everything that is kept of somebody.")
def command() -> None:
    """Take away everything that is kept of somebody.

    What was erased stands in a ledger outside of the database. After an old backup was restored, "replay" does every
    erasure again, so that nobody comes back.

    \b
    Examples:
      toolboxai erasures run 01m5x... --reason request --yes
      toolboxai erasures list
      toolboxai erasures replay
    """


@command.command("list", short_help="Show what was erased, and whether it came to its end.")
@options
@click.pass_obj
def list_command(asked: Asked) -> None:
    """Show what was erased, by ids alone, and whether it came to its end.

    \b
    Example:
      toolboxai erasures list --json
    """
    entries = _ledger_of(asked).entries()
    finished = {entry.erasure: entry.rows for entry in entries if entry.happened == "finished"}
    begun = [entry for entry in entries if entry.happened == "begun"]
    if asked.as_json:
        told = [
            {
                "erasure": each.erasure,
                "at": each.at,
                "subject": each.subject_id,
                "tenant_id": each.tenant_id,
                "reason": each.reason,
                "finished": each.erasure in finished,
            }
            for each in begun
        ]
        click.echo(json.dumps({"erasures": told}))
        return
    cells = [("ERASURE", "BEGUN", "SUBJECT", "REASON", "STATE")]
    cells += [
        (
            each.erasure,
            moment(each.at),
            each.subject_id,
            each.reason,
            "finished" if each.erasure in finished else "not finished",
        )
        for each in begun
    ]
    for line in table(cells):
        click.echo(line)


@command.command("run", short_help="Erase a person.")
@click.argument("person_id", metavar="PERSON")
@click.option("--reason", type=click.Choice(REASONS), default="request", show_default=True, help="Why it is done.")
@click.option("--yes", is_flag=True, help="Do not ask; needed where nobody can answer.")
@options
@click.pass_obj
def run_command(asked: Asked, person_id: str, reason: str, yes: bool) -> None:  # noqa: FBT001 - an option
    """Erase a person: sign-ins, roles, name, address and the key that sealed them. It cannot be taken back.

    docs/erasure.md says what goes and what stays. One that was interrupted is brought to its end by the next.

    \b
    Example:
      toolboxai erasures run 01m5x... --reason request
    """
    from backend.ids import is_id

    if not is_id(person_id):
        raise UsageError(f"{person_id!r} is no id of a person: see toolboxai people list")
    if not yes:
        click.confirm(f"Erase {person_id} for good?", abort=True, err=True)

    async def work(database: "Database", erasure: "Erasure") -> "list[Erased]":
        from backend.accounts.people import store as people
        from backend.accounts.people.service import there

        # Before it is asked whether there is such a person: of one whose erasure was interrupted there may be no more.
        done = list(await erasure.unfinished(database))
        for each in done:
            await _record(asked, database, each)
        if person_id not in {each.subject_id for each in done}:
            there(await database.read(lambda tx: people.find(tx, person_id)))
            done.append(await erasure.erase(database, None, person_id, reason))
            await _record(asked, database, done[-1])
        return done

    _tell(asked, _with_erasure(asked, work), "was erased")


@command.command("replay", short_help="Do every erasure again, after a backup was restored.")
@options
@click.pass_obj
def replay_command(asked: Asked) -> None:
    """Do every erasure of the ledger again. Run it after a backup was restored, before the bridge starts.

    \b
    Example:
      toolboxai erasures replay
    """

    async def work(database: "Database", erasure: "Erasure") -> "list[Erased]":
        done = list(await erasure.replay(database))
        for each in done:
            # The trail of a copy that still had somebody was not told either; any other has it already.
            if each.total:
                await _record(asked, database, each)
        return done

    _tell(asked, _with_erasure(asked, work), "was erased again")


def _ledger_of(asked: Asked) -> "Ledger":
    from backend.compliance.ledger import Ledger
    from backend.sealing.key_ring import KeyRing
    from backend.sealing.master_keys import Purpose

    settings = load_settings(asked).settings
    ring = KeyRing(settings.key_path)
    # The first version: the ledger outlives every rotation.
    ledger = Ledger(settings.erasures_path, ring.key(ring.keys.keys[0].version, Purpose.ERASURES))
    if ledger.read().is_torn:
        click.echo("The last line of the ledger was torn while it was written; it counts for nothing.", err=True)
    return ledger


def _with_erasure(asked: Asked, work: Callable[["Database", "Erasure"], Awaitable[T]]) -> T:
    from backend.accounts import erasure as accounts
    from backend.compliance.erasure import Erasure
    from bridge.gate import erasure as gate

    ledger, rights = _ledger_of(asked), own_rights()

    async def whole(database: "Database") -> T:
        vault = await vault_of(load_settings(asked).settings, database)
        steps = (*gate.steps(lambda: rights), *accounts.steps(lambda: rights, lambda: vault))
        return await work(database, Erasure(steps, ledger))

    done = with_database(asked, whole)
    tell_running(load_settings(asked).settings)
    return done


async def _record(asked: Asked, database: "Database", erased: "Erased") -> None:
    from backend.accounts.audit.event import Actor, Event
    from backend.accounts.audit.ids import PLATFORM, as_id
    from backend.accounts.audit.kinds import SubjectErased
    from backend.accounts.audit.service import AuditTrail
    from backend.accounts.audit.words import ErasureReason, SystemPart
    from bridge.audit_keys import audit_keys

    detail = SubjectErased(ErasureReason(erased.reason), erased.total)
    event = Event(Actor.system(SystemPart.COMMAND_LINE), detail, as_id(erased.subject_id))
    trail = AuditTrail(audit_keys(load_settings(asked).settings))
    await database.write(lambda tx: trail.record(tx, PLATFORM, event))


def _tell(asked: Asked, done: "list[Erased]", what: str) -> None:
    if asked.as_json:
        click.echo(json.dumps({"erasures": [{"erasure": each.erasure, "rows": each.rows} for each in done]}))
        return
    for each in done:
        counts = ", ".join(f"{name} {rows}" for name, rows in each.rows.items())
        click.echo(f"{each.erasure} {what} ({counts}).")
    if not done:
        click.echo("There is nothing in the ledger.")
