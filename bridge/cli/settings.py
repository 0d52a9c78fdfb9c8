"""`toolboxai settings`."""

import json
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend.secret import HIDDEN, Secret
from bridge.cli.asked import Asked, options
from bridge.cli.loading import load_settings

if TYPE_CHECKING:
    from bridge.settings import Loaded


@click.command("settings", short_help="Show every setting, its value and where it came from.")
@options
@click.pass_obj
def command(asked: Asked) -> None:
    """Show every setting, its value and where it came from.

    A secret is shown as ********. To change a setting, set its variable (TOOLBOXAI_ and the name in capitals),
    or write it into toolboxai-server.toml in the data folder; the variable wins.

    \b
    Examples:
      toolboxai settings
      TOOLBOXAI_PORT=9000 toolboxai settings --json
    """
    loaded = load_settings(asked)
    if asked.as_json:
        click.echo(json.dumps(_as_json(loaded)))
        return
    rows = [(name, _as_text(value), loaded.origins[name]) for name, value in _values(loaded)]
    name_width, value_width = (max(len(row[column]) for row in rows) for column in (0, 1))
    for name, value, origin in rows:
        click.echo(f"{name:<{name_width}}  {value:<{value_width}}  {origin}")


def _values(loaded: "Loaded") -> list[tuple[str, object]]:
    return [(field.name, getattr(loaded.settings, field.name)) for field in fields(loaded.settings)]


def _as_json(loaded: "Loaded") -> dict[str, object]:
    from bridge.settings.catalogue import secret_names

    path = loaded.settings.file_path
    secrets = secret_names()
    rows = [
        {"name": name, "value": _plain(value), "origin": loaded.origins[name], "secret": name in secrets}
        for name, value in _values(loaded)
    ]
    return {"settings": rows, "file": str(path), "file_exists": path.is_file()}


def _plain(value: object) -> object:
    if isinstance(value, Secret):
        return HIDDEN
    return str(value) if isinstance(value, Path) else value


def _as_text(value: object) -> str:
    if value is None:
        return "(not set)"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "(none)"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
