"""Building a project and mapping it, against Rojo: one run, the two in turn."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core_rs import Project
from gates import rojo
from tests.benchmarks.figure import Figure
from tests.benchmarks.pairs import Ratio, ratio
from tests.benchmarks.seeded_project import Written, write

SCRIPTS: Final = 10_000
SIZES: Final = (1_000, 10_000, 50_000)
COMMAND: Final = str(Path(sys.executable).with_name("toolboxai"))
MEGABYTE: Final = 1_000_000
# Starts a program from a small process, as the figure of a child begins with what its parent held.
RUN: Final = """
import json, os, sys, time
began = time.perf_counter()
quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet)
_, status, used = os.wait4(child, 0)
seconds = time.perf_counter() - began
if status:
    sys.exit(f"{sys.argv[1]} ended with {status}")
print(json.dumps([seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024]))
"""
# What the core takes, in a process that is new each time; starting Python is not the core's.
BUILD: Final = """
import json, sys, time
from core_rs import Project
began, used = time.perf_counter(), time.process_time()
Project.open(sys.argv[1]).build(sys.argv[2], "rbxl")
print(json.dumps([time.perf_counter() - began, time.process_time() - used, 0]))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took: of the clock, of all cores, and of memory at its most."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class House:
    """A project, the two that build it, and where to."""

    project: Written
    output: Path
    program: str

    def ran(self, *command: str) -> Cost:
        return _told((sys.executable, "-I", "-S", "-c", RUN, *command))

    def rojo(self, what: str = "build", ending: str = "rbxl") -> Cost:
        return self.ran(self.program, what, str(self.project.root), "--output", str(self.output / f"theirs.{ending}"))

    def core(self) -> Cost:
        return _told((sys.executable, "-c", BUILD, str(self.project.root), str(self.output / "ours.rbxl")))

    def command(self) -> Cost:
        return self.ran(COMMAND, "build", str(self.project.root), "--output", str(self.output / "ours.rbxl"))

    def edit(self) -> None:
        """Change one script, as an editor that writes a file does."""
        path = self.project.edited
        path.write_text(f"-- {time.perf_counter_ns()}\n{path.read_text('utf-8')[-1_000:]}", "utf-8")


def measure(pairs: int) -> list[Figure]:
    program = rojo.program()
    with tempfile.TemporaryDirectory(prefix="tbx-bench-") as name:
        folder = Path(name)
        house = House(write(folder / "project", SCRIPTS), folder, program)
        figures = [*_cold(house, pairs), *_warm(house, pairs)]
    return [*figures, *_growth(program)]


def _cold(house: House, pairs: int) -> list[Figure]:
    """Everything from the disk, in a new process each time; wall and CPU are read from the same runs."""
    files = f"{house.project.scripts:,} scripts, {house.project.files:,} files, warm cache; rbxl"
    core, command = _pairs(house.rojo, house.core, pairs), _pairs(house.rojo, house.command, pairs)
    return [
        Figure("the core's build against rojo, wall", f"{core[0]}x", ">= 3x", f"{files}; {_shown(core[0])}"),
        Figure("the core's build against rojo, CPU", f"{core[1]}x", ">= 3x", f"the same runs; {_shown(core[1])}"),
        Figure("`toolboxai build` against `rojo build`, wall", f"{command[0]}x", ">= 2.5x", _shown(command[0])),
        Figure("`toolboxai build` against `rojo build`, CPU", f"{command[1]}x", "reported", _shown(command[1])),
    ]


def _warm(house: House, pairs: int) -> list[Figure]:
    """A tree that is held, and one file of it that changed."""
    opened = Project.open(house.project.root)
    opened.build(house.output / "ours.rbxl", "rbxl")
    opened.sourcemap(house.output / "ours.json", include_non_scripts=False, absolute=False)

    def build() -> float:
        house.edit()
        began = time.perf_counter()
        opened.refresh([house.project.edited.parent])
        opened.build(house.output / "ours.rbxl", "rbxl")
        return time.perf_counter() - began

    def sourcemap() -> float:
        house.edit()
        began = time.perf_counter()
        opened.refresh([house.project.edited.parent])
        opened.sourcemap(house.output / "ours.json", include_non_scripts=False, absolute=False)
        return time.perf_counter() - began

    built = ratio(lambda: house.rojo().seconds, build, pairs=pairs)
    mapped = ratio(lambda: house.rojo("sourcemap", "json").seconds, sourcemap, pairs=pairs)
    return [
        Figure("one edit to bytes on disk against `rojo build`", f"{built}x", ">= 10x", _shown(built)),
        Figure("a sourcemap after one edit against `rojo sourcemap`", f"{mapped}x", ">= 50x", _shown(mapped)),
    ]


def _growth(program: str) -> list[Figure]:
    """Memory at its most, and time a script, from the smallest project to the largest."""
    ours, theirs, seconds = [], [], []
    for scripts in SIZES:
        with tempfile.TemporaryDirectory(prefix="tbx-bench-") as name:
            house = House(write(Path(name) / "project", scripts), Path(name), program)
            costs = [(house.rojo(), house.command()) for _ in range(3)]
        theirs.append(min(cost.peak_bytes for cost, _ in costs) / MEGABYTE)
        ours.append(min(cost.peak_bytes for _, cost in costs) / MEGABYTE)
        seconds.append(min(cost.seconds for _, cost in costs))
    sizes = ", ".join(f"{scripts:,}" for scripts in SIZES)
    grown = (ours[-1] - ours[0]) / (theirs[-1] - theirs[0])
    slower = (seconds[-1] / SIZES[-1]) / (seconds[1] / SIZES[1])
    told = f"{_list(ours)} MB against {_list(theirs)} at {sizes} scripts, `toolboxai build` against `rojo build`"
    return [
        Figure("growth of memory from 1,000 to 50,000 scripts against rojo's", f"{grown:.2f}x", "<= 1x", told),
        Figure("time a script at 50,000 against 10,000", f"{slower:.2f}x", "<= 1.15x", f"{_list(seconds, 2)} s"),
    ]


def _pairs(theirs: Callable[[], Cost], ours: Callable[[], Cost], pairs: int) -> tuple[Ratio, Ratio]:
    """Return the ratios of wall and of CPU from the same runs; the first of each side does not count."""
    kept: tuple[list[Cost], list[Cost]] = ([], [])

    def run(work: Callable[[], Cost], costs: list[Cost]) -> float:
        costs.append(work())
        return costs[-1].seconds

    wall = ratio(lambda: run(theirs, kept[0]), lambda: run(ours, kept[1]), pairs=pairs)
    each = [iter([cost.cpu_seconds for cost in costs]) for costs in kept]
    return wall, ratio(lambda: next(each[0]), lambda: next(each[1]), pairs=pairs)


def _told(command: tuple[str, ...]) -> Cost:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TOOLBOXAI_")}
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    return Cost(*json.loads(said))


def _shown(found: Ratio) -> str:
    return f"{found.b_median * 1e3:,.0f} ms against {found.a_median * 1e3:,.0f}"


def _list(values: list[float], digits: int = 0) -> str:
    return ", ".join(f"{value:,.{digits}f}" for value in values)
