"""Rows for a person at a terminal."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import click

limit_option: Final = click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=100,
    show_default=True,
    metavar="N",
    help="Show at most N of them.",
)


def table(cells: Sequence[Sequence[str]]) -> list[str]:
    """Lay rows out in columns, the first being their names."""
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def moment(milliseconds: int | None) -> str:
    """Write a time of the database, or nothing for none."""
    return "" if milliseconds is None else f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%d %H:%M}Z"
