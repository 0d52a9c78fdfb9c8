"""`toolboxai outbox`: work after the commit that waits, is done, or has failed for good."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from backend.errors import UsageError
from bridge.cli.asked import Asked, options
from bridge.cli.with_database import with_database

if TYPE_CHECKING:
    from backend.db.outbox import State
    from backend.db.outbox_admin import ListedRow
    from backend.db.unit import Database


@click.group("outbox", short_help="Show work that waits for its turn, or retry what failed.")
def command() -> None:
    """Show work that waits for its turn, or retry what failed.

    The bridge notes what is to be done after a change (a message, an event, an export) in the same step as the change.
    It tries each piece of work again by itself; what still fails in the end is "dead" and waits for a person.

    \b
    Examples:
      toolboxai outbox list --state dead
      toolboxai outbox retry 42
    """


@command.command("list", short_help="Show pieces of work, the oldest first.")
@click.option("--state", type=click.Choice(["pending", "done", "dead"]), help="Show only work in this state.")
@click.option(
    "--limit", type=click.IntRange(1, 1000), default=100, show_default=True, metavar="N", help="Show at most N of them."
)
@options
@click.pass_obj
def list_command(asked: Asked, state: "State | None", limit: int) -> None:
    """Show pieces of work, and how many there are in each state.

    \b
    Examples:
      toolboxai outbox list
      toolboxai outbox list --state dead --limit 10 --json
    """
    from backend.db import outbox_admin
    from backend.db.unit import Transaction

    async def read(database: "Database") -> tuple[list["ListedRow"], dict["State", int]]:
        async def unit(tx: Transaction) -> tuple[list["ListedRow"], dict["State", int]]:
            return await outbox_admin.list_rows(tx, state=state, limit=limit), await outbox_admin.count_states(tx)

        return await database.read(unit)

    rows, counts = with_database(asked, read)
    if asked.as_json:
        click.echo(json.dumps({"counts": counts, "rows": [asdict(row) for row in rows]}))
        return
    click.echo(", ".join(f"{number} {name}" for name, number in counts.items()))
    for line in _table(rows):
        click.echo(line)


@command.command("retry", short_help="Try dead work again.")
@click.argument("ids", type=int, nargs=-1, required=True, metavar="ID...")
@options
@click.pass_obj
def retry_command(asked: Asked, ids: tuple[int, ...]) -> None:
    """Try dead work again. The bridge takes it up as if it had just been noted.

    \b
    Example:
      toolboxai outbox retry 42 43
    """
    from backend.db import outbox_admin
    from backend.db.unit import Transaction

    async def write(database: "Database") -> None:
        async def unit(tx: Transaction) -> None:
            for each in ids:
                # Raised inside the unit, so that either all of them are retried or none.
                if not await outbox_admin.retry(tx, each):
                    raise UsageError(
                        f"no dead work has the id {each}, so nothing was retried: see toolboxai outbox list"
                    )

        await database.write(unit)

    with_database(asked, write)
    click.echo(json.dumps({"retried": list(ids)}) if asked.as_json else f"{len(ids)} will be tried again.")


def _table(rows: Sequence["ListedRow"]) -> list[str]:
    cells = [("ID", "STATE", "KIND", "TRIES", "DUE", "LAST ERROR")]
    for row in rows:
        due = datetime.fromtimestamp(row.due_at / 1000, UTC)
        cells.append(
            (str(row.id), row.state, row.kind, str(row.attempts), f"{due:%Y-%m-%d %H:%M:%S}Z", row.last_error or "")
        )
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]
