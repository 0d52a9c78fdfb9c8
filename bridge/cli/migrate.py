"""`toolboxai migrate`."""

import json
import os
from dataclasses import dataclass
from typing import Final

import click

from backend.errors import CheckFailed
from bridge.cli.asked import Asked, options
from bridge.cli.database_state import current_revision
from bridge.cli.loading import load_settings

_OWNER_ONLY: Final = 0o077


@dataclass(frozen=True, slots=True)
class _Outcome:
    database: str
    before: str | None
    after: str | None
    head: str
    applied: tuple[str, ...]

    def as_json(self) -> str:
        told = {
            "database": self.database,
            "from": self.before,
            "to": self.after,
            "head": self.head,
            "applied": list(self.applied),
            "up_to_date": self.after == self.head,
        }
        return json.dumps(told)


@click.command("migrate", short_help="Bring the database to the form that this version needs.")
@click.option("--check", is_flag=True, help="Change nothing; end with exit code 12 when there is something to do.")
@options
@click.pass_context
def command(context: click.Context, *, check: bool) -> None:
    """Bring the database to the form that this version needs.

    "toolboxai serve" does it by itself at its start, so this is for those who want it apart: before an upgrade,
    or with --check in a script. It does not work while a bridge runs in the same data folder.

    \b
    Examples:
      toolboxai migrate
      toolboxai migrate --check
    """
    asked = context.ensure_object(Asked)
    outcome = _check(asked) if check else _migrate(asked)
    if asked.as_json:
        click.echo(outcome.as_json())
        context.exit(0 if outcome.after == outcome.head else CheckFailed.exit_code)
    if outcome.after != outcome.head:
        raise CheckFailed(
            f"the database {outcome.database} is {_at(outcome.before)}, and this version needs {outcome.head}: "
            "run `toolboxai migrate`, or start serve",
        )
    if not outcome.applied:
        click.echo(f"{outcome.database} is at {outcome.head} already; nothing to do.")


def _check(asked: Asked) -> _Outcome:
    from backend.db.migrations.revisions import head
    from backend.db.migrations.state import refuse_newer
    from bridge.settings.database import database_config

    config = database_config(load_settings(asked).settings)
    found = current_revision(config)
    refuse_newer(config, found)
    return _Outcome(config.shown, found, found, head(), ())


def _migrate(asked: Asked) -> _Outcome:
    from backend.db.migrations.revisions import head
    from backend.db.migrations.run import migrate
    from backend.db.migrations.state import refuse_newer
    from bridge.settings.database import migration_config
    from bridge.supervisor.data_folder import open_folder
    from bridge.supervisor.folder_lock import held

    settings = load_settings(asked).settings
    config = migration_config(settings)
    os.umask(_OWNER_ONLY)
    # A database that cannot be migrated is refused here, before a folder is made for it.
    refuse_newer(config, current_revision(config))
    open_folder(settings.data_dir)
    with held(settings.data_dir):
        if not asked.as_json:
            click.echo(f"{config.shown}: from {_at(current_revision(config))} to {head()}")
        report = migrate(config)
        if not asked.as_json:
            for revision in report.applied:
                click.echo(f"  applied {revision}")
    return _Outcome(config.shown, report.before, report.after, head(), report.applied)


def _at(revision: str | None) -> str:
    return f"at {revision}" if revision else "empty"
