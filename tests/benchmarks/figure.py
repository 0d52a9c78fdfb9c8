"""One measured figure, as it stands in the table of docs/benchmarks.md."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, what came out, what it has to be, and how it was measured."""

    name: str
    value: str
    bar: str
    note: str
