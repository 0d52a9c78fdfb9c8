"""`toolboxai audit verify`."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.errors import CheckFailed, UsageError
from bridge.cli.asked import Asked, options
from bridge.cli.audit.opening import FILE, opened, signed_checkpoints
from bridge.cli.audit.telling import Counter, as_json, as_line
from bridge.cli.bundle.keys import PublicKey
from bridge.cli.loading import load_settings
from bridge.cli.progress import Shown
from bridge.cli.with_database import with_database

if TYPE_CHECKING:
    from backend.accounts.audit.checkpoint import Checkpoint
    from backend.accounts.audit.exported import Checked
    from backend.accounts.audit.keys import AuditKeys
    from backend.db.unit import Database


@click.command("verify", short_help="Check that no record of the audit trail was changed or is missing.")
@click.option("--tenant", metavar="ID", help="Check the trail of this tenant alone.")
@click.option(
    "--checkpoint",
    "checkpoint_files",
    type=FILE,
    multiple=True,
    metavar="FILE",
    help="Compare with the checkpoints in this file too; may be given more than once.",
)
@click.option("--file", "exported", type=FILE, metavar="FILE", help="Check this exported file instead of the database.")
@click.option(
    "--trust",
    type=PublicKey(),
    metavar="KEY",
    help="The public key that signed (64 hexadecimal digits); with --file, nothing else is needed.",
)
@options
@click.pass_context
def command(
    context: click.Context,
    tenant: str | None,
    checkpoint_files: tuple[Path, ...],
    exported: Path | None,
    trust: bytes | None,
) -> None:
    """Check that no record of the audit trail was changed or is missing.

    It names the first bad record of each trail, and ends with exit code 12 if there is one. Whoever has the audit key
    can write a trail anew: that only a checkpoint shows which was kept elsewhere.

    \b
    Examples:
      toolboxai audit verify --checkpoint /media/stick/june.checkpoint
      toolboxai audit verify --file audit.jsonl --trust 3b6a27bc...
    """
    asked = context.find_object(Asked) or Asked()
    if exported is not None and tenant is not None:
        raise UsageError("--tenant chooses in the database; a file is checked as a whole")
    if exported is not None:
        found = _in_file(asked, exported, checkpoint_files, trust)
    else:
        found = _in_database(asked, tenant, checkpoint_files, trust)
    whole = all(each.fault is None for each in found)
    if asked.as_json:
        click.echo(json.dumps({"whole": whole, "trails": [as_json(each) for each in found]}))
    else:
        click.echo("\n".join(as_line(each) for each in found) if found else "There is no record yet.")
    context.exit(0 if whole else CheckFailed.exit_code)


def _in_file(asked: Asked, exported: Path, checkpoint_files: Sequence[Path], trust: bytes | None) -> "list[Checked]":
    from backend.accounts.audit.exported import check_file
    from bridge.audit_keys import audit_keys

    # With the public key given the file is for anybody to check, without any key of ours.
    ours = audit_keys(load_settings(asked).settings) if trust is None else None
    trusted = trust if ours is None else ours.signing().public
    if trusted is None:
        raise AssertionError("either the key was given, or ours was asked for")
    checkpoints = signed_checkpoints(checkpoint_files, trusted)
    with opened(exported) as file, Shown("checking", asked=asked) as shown:
        found = list(check_file(file, trusted=trusted, keys=ours, checkpoints=checkpoints, each=Counter(shown)))
    return [*found, *_not_there(found, checkpoints)]


def _in_database(
    asked: Asked, tenant: str | None, checkpoint_files: Sequence[Path], trust: bytes | None
) -> "list[Checked]":
    from bridge.audit_keys import audit_keys

    settings = load_settings(asked).settings
    ours = audit_keys(settings)
    checkpoints = signed_checkpoints(checkpoint_files, ours.signing().public if trust is None else trust)
    with Shown("checking", asked=asked) as shown:
        counter = Counter(shown)

        async def check(database: "Database") -> "list[Checked]":
            return await _check(database, ours, tenant, checkpoints, counter)

        return with_database(asked, check, settings)


async def _check(
    database: "Database",
    keys: "AuditKeys",
    tenant: str | None,
    checkpoints: "Mapping[str, Sequence[Checkpoint]]",
    counter: Counter,
) -> "list[Checked]":
    from backend.accounts.audit import store
    from backend.accounts.audit.exported import Checked
    from backend.accounts.audit.reading import read_whole
    from backend.accounts.audit.verify import Chain

    # A trail that is gone with its head is known by its checkpoint alone.
    there = sorted({*await database.read(store.tenants), *checkpoints}, key=repr)
    if tenant is not None and tenant not in there:
        raise UsageError(f"there is no audit trail of {tenant}")
    found = []
    for each in there if tenant is None else [tenant]:
        chain = Chain(each, keys, checkpoints=checkpoints.get(each, ()))
        fault = await read_whole(database, each, chain, counter)
        found.append(Checked(each, chain.number, fault))
    return found


def _not_there(found: "Sequence[Checked]", checkpoints: "Mapping[str, Sequence[Checkpoint]]") -> "list[Checked]":
    """Return those of whom a checkpoint tells and the file does not, unless it was not read to its end."""
    from backend.accounts.audit.exported import Checked
    from backend.accounts.audit.verify import Chain

    if any(each.fault is not None for each in found):
        return []
    missing = sorted(checkpoints.keys() - {each.tenant_id for each in found})
    return [Checked(each, 0, Chain(each, None, checkpoints=checkpoints[each]).end_of_file()) for each in missing]
