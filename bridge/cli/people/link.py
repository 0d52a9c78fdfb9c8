"""How a link that works once is told: on stdout alone, with what it is on stderr."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    ends: "datetime"


def tell_link(asked: Asked, link: Link, what: str, **named: str) -> None:
    """Print a link, once; `named` goes into the JSON beside it."""
    if asked.as_json:
        click.echo(json.dumps({**named, "link": link.url, "ends_at": round(link.ends.timestamp() * 1000)}))
        return
    click.echo(link.url)
    click.echo(f"{what} It works once, until {link.ends:%Y-%m-%d %H:%M}Z, and is not shown again.", err=True)
