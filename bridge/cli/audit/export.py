"""`toolboxai audit export`."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from backend.errors import CheckFailed, UsageError
from bridge.cli.asked import Asked, options
from bridge.cli.audit.opening import FILE
from bridge.cli.audit.recording import record_export
from bridge.cli.audit.telling import Counter
from bridge.cli.audit.whole_file import whole_file
from bridge.cli.bundle.output import OutputFile
from bridge.cli.bundle.telling import count
from bridge.cli.loading import load_settings
from bridge.cli.progress import Shown
from bridge.cli.unwinding import unwinding
from bridge.cli.with_database import with_database

if TYPE_CHECKING:
    from backend.accounts.audit.checkpoint import Checkpoint
    from backend.accounts.audit.keys import AuditKeys
    from backend.db.unit import Database


@click.command("export", short_help="Write the audit trail to a signed file.")
@click.option("--to", "target", type=FILE, required=True, metavar="FILE", help="The file to write.")
@click.option("--tenant", metavar="ID", help="Write the trail of this tenant alone.")
@click.option(
    "--checkpoints-only", is_flag=True, help="Write no records, only what is signed about them: small enough to mail."
)
@click.option("--replace", is_flag=True, help="Replace FILE if it is there already.")
@options
@click.pass_obj
def command(
    asked: Asked,
    target: Path,
    tenant: str | None,
    checkpoints_only: bool,  # noqa: FBT001
    replace: bool,  # noqa: FBT001
) -> None:
    """Write the audit trail to a file, each trail with a signed checkpoint at its end.

    Every trail is checked on the way. If a record is bad nothing is written, and it ends with exit code 12. That it was
    written is recorded too, in the trail of the platform and in each whose records are in the file.

    \b
    Examples:
      toolboxai audit export --to audit.jsonl
      toolboxai audit export --checkpoints-only --to today.checkpoint
    """
    from backend.ids import new_id
    from bridge.audit_keys import audit_keys

    output = OutputFile(target, replace=replace)
    settings = load_settings(asked).settings
    ours = audit_keys(settings)
    export_id = new_id()
    with unwinding(), Shown("exporting", asked=asked) as shown, whole_file(output.path) as file:
        counter = Counter(shown)

        async def write(database: "Database") -> "list[Checkpoint]":
            written = await _write(database, ours, file, tenant, checkpoints_only, counter)
            # Before the file has its name: what cannot be recorded is not handed out.
            await record_export(database, ours, export_id, [] if checkpoints_only else written)
            return written

        made = with_database(asked, write, settings)
    if asked.as_json:
        trails = [{"tenant_id": each.tenant_id, "records": each.number, "tag": each.tag.hex()} for each in made]
        told = {"file": str(target), "export": export_id, "signer": ours.signing().public.hex(), "trails": trails}
        click.echo(json.dumps(told))
        return
    what = "checkpoints of" if checkpoints_only else "all of"
    click.echo(
        f"{target}: {what} {count(len(made), 'trail')}, {count(counter.records, 'record')}; "
        f"signed with {ours.signing().public.hex()}.\nIt is recorded as export {export_id}."
    )


async def _write(  # noqa: PLR0917
    database: "Database",
    keys: "AuditKeys",
    file: BinaryIO,
    tenant: str | None,
    checkpoints_only: bool,  # noqa: FBT001
    counter: Counter,
) -> "list[Checkpoint]":
    from backend.accounts.audit import store
    from backend.accounts.audit.export import write_checkpoint, write_trail
    from backend.accounts.audit.verdict import Fault

    there = await database.read(store.tenants)
    if not there or (tenant is not None and tenant not in there):
        raise UsageError(f"there is no audit trail of {tenant}" if tenant else "there is no audit trail yet")
    write = write_checkpoint if checkpoints_only else write_trail
    made = []
    for each in there if tenant is None else [tenant]:
        written = await write(database, each, keys, file, now=_now, each=counter)
        if isinstance(written, Fault):
            raise CheckFailed(f"nothing was exported, because the trail of {each} is not whole: {written.sentence}")
        made.append(written)
    return made


def _now() -> int:
    return int(time.time() * 1000)
