"""`toolboxai serve`."""

import json
import shlex
from functools import partial
from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked, options
from bridge.cli.loading import load_settings

if TYPE_CHECKING:
    from bridge.started import Started


@click.command("serve", short_help="Start the bridge and keep it running.")
@options
@click.pass_context
def command(context: click.Context) -> None:
    """Start the bridge and keep it running until Ctrl-C.

    It makes the data folder and the database when they are not there yet. Logs go to stderr.

    \b
    Examples:
      toolboxai serve
      toolboxai serve --data-dir ./data
      TOOLBOXAI_PORT=9000 toolboxai serve --json
    """
    asked = context.ensure_object(Asked)
    loaded = load_settings(asked)
    from bridge.supervisor import serve

    context.exit(serve(loaded, announce=partial(_announce, asked)))


def _announce(asked: Asked, started: "Started") -> None:
    if asked.as_json:
        click.echo(json.dumps(_as_json(started)))
        return
    # Who named the folder on the command line has to name it there again.
    same_folder = f" --data-dir {shlex.quote(str(started.data_dir))}" if asked.data_dir else ""
    click.echo(_as_text(started, doctor=f"toolboxai doctor{same_folder}"))


def _as_json(started: "Started") -> dict[str, object]:
    return {
        "event": "started",
        "urls": list(started.urls),
        "ops_url": started.ops_url,
        "data_dir": str(started.data_dir),
        "database": started.database,
        "workers": started.workers,
        "pid": started.pid,
        "first_link": started.first_link,
    }


def _as_text(started: "Started", *, doctor: str) -> str:
    address = started.urls[0]
    first = "" if started.first_link is None else f"  first    {started.first_link}  (the first administrator, once)\n"
    return (
        f"ToolboxAI Bridge is running.\n"
        f"  address  {'  '.join(started.urls)}\n"
        f"  data     {started.data_dir}  (database: {started.database})\n"
        f"  health   {started.ops_url}/health/ready\n"
        f"{first}"
        f"  next     open {address}/api/v1/about, or run: {doctor}\n"
        f"  stop     Ctrl-C"
    )
