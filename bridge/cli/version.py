"""`toolboxai version`."""

import json
import platform
from importlib.metadata import version

import click

from bridge.cli.asked import Asked, options


def program_version() -> str:
    return version("toolboxai")


@click.command("version", short_help="Show the versions of the program and of its parts.")
@options
@click.pass_obj
def command(asked: Asked) -> None:
    """Show the versions of the program, of the protocols it speaks, and of its parts.

    \b
    Example:
      toolboxai version --json
    """
    parts = versions()
    if asked.as_json:
        click.echo(json.dumps(parts))
        return
    width = max(map(len, parts))
    for name, found in parts.items():
        click.echo(f"{name:<{width}}  {found if isinstance(found, str) else _range(found)}")


def versions() -> dict[str, str | dict[str, int]]:
    import sqlite3

    from bridge import protocol_range
    from core_rs import _core

    return {
        "toolboxai": program_version(),
        "protocol": {"lowest": protocol_range.LOWEST, "highest": protocol_range.HIGHEST},
        "python": platform.python_version(),
        "core": _core.SOURCES_DIGEST[:12],
        "sqlite": sqlite3.sqlite_version,
    }


def _range(found: dict[str, int]) -> str:
    lowest, highest = found["lowest"], found["highest"]
    return str(lowest) if lowest == highest else f"{lowest} to {highest}"
