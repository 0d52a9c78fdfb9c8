"""Runs the steps of a command (`make test`, `make check`, ...): all of them, whatever fails, with one honest end."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from gates.tree import ROOT

# Cargo and mypy each fill a core for a while; more at once only makes them wait for one another.
AT_ONCE = 2

PYTHON = (sys.executable, "-P")


@dataclass(frozen=True, slots=True)
class Step:
    """A name, the command that decides, and what to do when it says no."""

    name: str
    command: tuple[str, ...]
    cure: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended; `said` is empty where its output went straight to the terminal."""

    step: Step
    passed: bool
    seconds: float
    said: str = ""

    def __str__(self) -> str:
        return f"{'ok    ' if self.passed else 'FAILED'} {self.step.name:<16} {self.seconds:6.1f} s"


def run(step: Step, *, show: bool) -> Outcome:
    """Run one step; with `show` its output goes to the terminal as it comes."""
    # Bytecode is kept whatever the caller's shell says: the tests' own modules are made for pytest only once.
    environment = os.environ | {"PYO3_PYTHON": sys.executable, "PYTHONDONTWRITEBYTECODE": ""}
    began = time.monotonic()
    try:
        ended = subprocess.run(
            step.command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=None if show else subprocess.PIPE,
            stderr=None if show else subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        said = f"{step.command[0]} is not on this machine: run `make tools`\n"
        if show:
            print(said, end="", flush=True)
        return Outcome(step, passed=False, seconds=0.0, said=said)
    return Outcome(step, ended.returncode == 0, time.monotonic() - began, ended.stdout or "")


def in_turn(steps: Sequence[Step]) -> Iterator[Outcome]:
    """One after another, their output shown as it comes."""
    for step in steps:
        print(f"== {step.name}", flush=True)
        yield run(step, show=True)


def side_by_side(steps: Sequence[Step], at_once: int = AT_ONCE) -> Iterator[Outcome]:
    """A few at once, each one's line shown when it ends, its output only if it failed."""
    if not steps:
        return
    print(f"== {', '.join(step.name for step in steps)}: {at_once} at once, each is told when it ends", flush=True)
    with ThreadPoolExecutor(at_once) as pool:
        for future in as_completed([pool.submit(run, step, show=False) for step in steps]):
            outcome = future.result()
            print(outcome, flush=True)
            last = outcome.said.strip().splitlines()[-1:]
            if not outcome.passed:
                print(f"    $ {shlex.join(outcome.step.command)}\n{outcome.said.rstrip()}", flush=True)
            elif last:
                print(f"       {last[0]}", flush=True)
            yield outcome


def finish(name: str, outcomes: Iterable[Outcome]) -> int:
    """Say how all of it ended, naming each step that failed with its cure."""
    ended = list(outcomes)
    failed = [outcome for outcome in ended if not outcome.passed]
    seconds = sum(outcome.seconds for outcome in ended)
    print(f"\n{name}: {len(ended) - len(failed)} of {len(ended)} steps passed, {seconds:.0f} s of work")
    for outcome in failed:
        print(f"  {outcome.step.name} failed; {outcome.step.cure}")
    return 1 if failed or not ended else 0


def chosen(steps: Sequence[Step], names: Sequence[str]) -> list[Step]:
    """The steps of these names, or all; an unknown name ends the program with the known ones."""
    known = {step.name: step for step in steps}
    if unknown := [name for name in names if name not in known]:
        raise SystemExit(f"no step is called {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names] if names else list(steps)
