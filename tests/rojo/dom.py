"""Reads models and places into JSON by a program of ours, so that two builders' files can be compared."""

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]


class UnreadableError(Exception):
    """A builder wrote a file that nobody can read."""


class Reader:
    """The program, running: one file after the other."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def line(self, path: Path) -> str:
        """Return what is in a file as one line, the same for equal trees."""
        if self._process.stdin is None or self._process.stdout is None:
            raise ValueError("it runs without pipes")
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        said = self._process.stdout.readline()
        if not said:
            raise RuntimeError(f"the reader ended at {path.name}")
        if not said.startswith('{"roots":'):
            raise UnreadableError(f"{path.name}: {said.strip()}")
        return said

    def roots(self, path: Path) -> list[dict[str, Any]]:
        """Return the instances of a file."""
        roots: list[dict[str, Any]] = json.loads(self.line(path))["roots"]
        return roots


@contextmanager
def reader() -> Iterator[Reader]:
    """Build the program, which takes half a minute the first time, and run it."""
    subprocess.run(("cargo", "build", "--quiet", "--locked", "--package", "dom"), cwd=ROOT, check=True)
    program = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "dom"
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield Reader(process)


def differences(expected: Sequence[Any], built: Sequence[Any], at: str = "") -> Iterator[str]:
    """Say each place at which two trees differ."""
    if len(expected) != len(built):
        yield f"{at or '/'}: is to hold {_names(expected)} and holds {_names(built)}"
    for number, (one, other) in enumerate(zip(expected, built, strict=False)):
        place = f"{at}/{one['name']}[{number}]"
        for key in ("class", "name", "tags"):
            if one.get(key) != other.get(key):
                yield f"{place}: {key} is to be {one.get(key)!r} and is {other.get(key)!r}"
        for key in ("properties", "attributes"):
            mine, theirs = one.get(key, {}), other.get(key, {})
            for name in sorted({*mine, *theirs}):
                if mine.get(name) != theirs.get(name):
                    yield f"{place}.{name}: is to be {mine.get(name)!r} and is {theirs.get(name)!r}"
        yield from differences(one.get("children", ()), other.get("children", ()), place)


def _names(instances: Sequence[Any]) -> list[str]:
    return [instance["name"] for instance in instances]
