"""How the person is told to whom something was done."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from bridge.cli.asked import Asked

if TYPE_CHECKING:
    from backend.accounts.people.service import Person


def tell_person(asked: Asked, person: "Person", what: str) -> None:
    click.echo(json.dumps(asdict(person)) if asked.as_json else f"{person.id} {person.name} {what}.")
