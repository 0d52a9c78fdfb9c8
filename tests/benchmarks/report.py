"""`make bench`: measures every `bench_*.py` beside this file and writes docs/benchmarks.md."""

import argparse
import importlib
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.figure import Figure
from tests.benchmarks.machine import facts

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "benchmarks.md"
# Fewer pairs than this and the median moves with every run on a shared machine.
DEFAULT_PAIRS = 15

INTRODUCTION = """# Benchmarks

Written by `make bench`; do not edit by hand.
Both sides of a ratio ran in turn in one run.
The figure is the median over the pairs, with the middle half of them in brackets.
A difference under 15 % is a tie: these are shared machines.
"""


def topics() -> list[str]:
    return sorted(path.stem for path in HERE.glob("bench_*.py"))


def render(figures: Sequence[Figure], machine: Sequence[str]) -> str:
    """The page: the machine's facts above one table."""
    lines = [INTRODUCTION]
    lines += [f"- {fact}" for fact in machine]
    lines += ["", "| figure | measured | bar | how |", "|---|---|---|---|"]
    lines += [f"| {one.name} | {one.value} | {one.bar} | {one.note} |" for one in figures]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure the named topics, or all of them and write the page."""
    known = topics()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topic", nargs="*", help=f"measure only these, write nothing: {', '.join(known)}")
    parser.add_argument("--pairs", type=int, default=DEFAULT_PAIRS)
    chosen = parser.parse_args()
    figures: list[Figure] = []
    for topic in chosen.topic or known:
        print(f"measuring {topic} ...", flush=True)  # noqa: T201
        measured = importlib.import_module(f"tests.benchmarks.{topic}").measure(chosen.pairs)
        for one in measured:
            print(f"  {one.name}: {one.value}  (bar: {one.bar})", flush=True)  # noqa: T201
        figures += measured
    if not chosen.topic:
        PAGE.write_text(render(figures, facts()), encoding="utf-8")
        print(f"wrote {PAGE.relative_to(HERE.parents[1])}")  # noqa: T201


if __name__ == "__main__":
    main()
