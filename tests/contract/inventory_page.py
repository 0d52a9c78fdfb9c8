"""docs/data-inventory.md, from the inventory."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from backend.compliance.inventory import STAYS, Row
from gates.tree import ROOT

PAGE = ROOT / "docs" / "data-inventory.md"
INTRODUCTION = """# What is kept

Made from `backend/compliance/inventory.toml` by `make access`; do not edit by hand.
Every column of every table has a row: what it is, whose data it is, and how it goes.
[erasure.md](erasure.md) says what the steps are.
"""


def written(rows: Sequence[Row]) -> str:
    return "\n".join(_lines(rows)) + "\n"


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    yield INTRODUCTION
    for table, columns in groupby(rows, key=lambda row: row.table):
        listed = list(columns)
        yield f"## {table}\n"
        yield f"For: {listed[0].purpose}."
        yield f"Kept: {listed[0].kept}.\n"
        yield "| column | what it is | about | form | erased by |"
        yield "|---|---|---|---|---|"
        for row in listed:
            gone = f"stays: {row.erased_by.removeprefix(STAYS)}" if row.stays else f"step `{row.erased_by}`"
            yield f"| `{row.column}` | {row.what} | {row.about} | {row.form} | {gone} |"
        yield ""
