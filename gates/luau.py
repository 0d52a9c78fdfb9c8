"""Checks the Luau with luau-analyze: types, lints and requires, strictly, and what is declared of Roblox by its name.

Studio has two checkers of types, the one that was and the one that comes. What runs there passes both; tests pass the
first. What both sides share is checked without any declaration, so that it cannot name Roblox at all.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gates.finding import Finding, close
from gates.luau_analyzer import program
from gates.roblox_names import API, unknown_names
from gates.tree import ROOT, files

HOME = "plugin_lua"
ROBLOX = f"{HOME}/spec/roblox.d.luau"
SIMULATOR = f"{HOME}/spec/sim.d.luau"
COMING = "--fflags=LuauSolverV2=true"


@dataclass(frozen=True, slots=True)
class Analysis:
    """Files below a folder, what they may know of, and by which checker."""

    folder: str
    definitions: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def command(self, paths: list[str]) -> tuple[str, ...]:
        known = (f"--definitions={path}" for path in self.definitions)
        return (str(program()), "--formatter=gnu", *known, *self.options, *paths)


ANALYSES = (
    Analysis(f"{HOME}/shared"),
    Analysis(f"{HOME}/shared", options=(COMING,)),
    Analysis(f"{HOME}/tests", definitions=(ROBLOX, SIMULATOR)),
)


def wrong(analysis: Analysis, root: Path) -> Iterator[Finding]:
    """What the checker says, in its own words."""
    paths = files(f"{analysis.folder}/*.luau", root=root)
    if not paths:
        yield Finding(analysis.folder, "holds no Luau", "take it out of gates/luau.py")
        return
    ended = subprocess.run(analysis.command(paths), cwd=root, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        said = (ended.stdout + ended.stderr).replace(f"{root}/", "").strip()
        yield Finding(analysis.folder, f"is not right: {' '.join(analysis.options)}\n{said}", "mend what it names")


def main(root: Path = ROOT) -> int:
    """Run every analysis, then look the declared names up."""
    found = [finding for analysis in ANALYSES for finding in wrong(analysis, root)]
    names = "looked up" if API.is_file() else "not looked up, as Roblox's list is not beside the tree"
    found += unknown_names((root / ROBLOX).read_text("utf-8"))
    count = len(files(f"{HOME}/*.luau", root=root))
    return close(found, clean=f"{count} files of Luau are typed strictly; the names of Roblox are {names}")


if __name__ == "__main__":
    sys.exit(main())
