"""The tests of the crate, and which of its lines they run.

Built and run once, with the compiler's own instrumentation; what it counted is read by a tool that knows the format
without needing the compiler's LLVM tools, which not every machine can get.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gates.tools import COVERAGE_READER
from gates.tree import ROOT

SOURCES = "core_rs/src/"
# Of all lines, and where each single one must be run by a test: what decides who comes in, and how often.
LEAST_PERCENT = 90.0
WHOLE = ("admit", "limits", "replay")
# The binding is Python's to test: a Rust test has no interpreter. Models and tests cover, and are not to be covered.
NOT_COUNTED = re.compile(r"py/.*|model\.rs|(.*/)?(model|tests)(/.*)?(\.rs)?")
# A line that only promises that it is never reached, or that a match has no other arm.
UNREACHABLE = re.compile(r"unreachable!|^\s*[{})\];,]*$")

TARGET = ROOT / "target" / "coverage"
LINE = re.compile(r"\s*(\d+)\|\s*(\d+)?\|(.*)")


Lines = dict[int, bool]
"""Each line of a file that holds code, and whether a test ran it."""


def read(shown: Iterable[str]) -> dict[str, Lines]:
    """Take the listing apart: a path alone on a line, then its lines as `number|count|text`."""
    files: dict[str, Lines] = {}
    current: Lines | None = None
    for line in shown:
        found = LINE.match(line)
        if found is None:
            _, inside, name = line.strip().replace("\\", "/").rpartition(SOURCES)
            wanted = bool(inside) and NOT_COUNTED.fullmatch(name) is None
            current = files.setdefault(name, {}) if wanted else None
        elif current is not None and found[2] is not None and UNREACHABLE.search(found[3]) is None:
            current[int(found[1])] = found[2] != "0"
    return files


def without_tests(files: Mapping[str, Lines], sources: Path) -> dict[str, Lines]:
    """Leave out the tests that stand beside the code: `mod tests {` to the end of the file."""
    kept: dict[str, Lines] = {}
    for name, lines in files.items():
        text = (sources / name).read_text("utf-8").splitlines()
        ends = next((number for number, line in enumerate(text, 1) if line.startswith("mod tests {")), len(text) + 1)
        kept[name] = {number: ran for number, ran in lines.items() if number < ends}
    return kept


def percentage(files: Mapping[str, Lines]) -> float:
    every = [ran for lines in files.values() for ran in lines.values()]
    return 100 * sum(every) / len(every) if every else 0.0


def faults(files: Mapping[str, Lines]) -> Iterator[str]:
    """Everything that is not covered as it has to be."""
    for room in WHOLE:
        if not any(lines for name, lines in files.items() if _room(name) == room):
            yield f"no line of {room} was counted"
    if (percent := percentage(files)) < LEAST_PERCENT:
        yield f"{percent:.1f} % of the lines are run by tests, and {LEAST_PERCENT:g} % have to be"
    for name, lines in sorted(files.items()):
        missed = [str(number) for number, ran in sorted(lines.items()) if not ran]
        if missed and _room(name) in WHOLE:
            yield f"{SOURCES}{name}: no test runs line {', '.join(missed)}"


def _room(name: str) -> str:
    return name.split("/", maxsplit=1)[0].removesuffix(".rs")


def run_tests(raw: Path) -> int:
    """Run the tests of the crate, built with instrumentation, each process leaving what it counted in `raw`."""
    shutil.rmtree(raw, ignore_errors=True)
    environment = os.environ | {
        "CARGO_TARGET_DIR": str(TARGET),
        "RUSTFLAGS": f"{os.environ.get('RUSTFLAGS', '')} -C instrument-coverage".strip(),
        "LLVM_PROFILE_FILE": str(raw / "%m-%p.profraw"),
    }
    return subprocess.run(("cargo", "test", "--quiet", "--locked"), cwd=ROOT, env=environment, check=False).returncode


def programs() -> list[Path]:
    """The test programs of the newest build: those that ran left a file, the others only add lines nobody ran."""
    environment = os.environ | {"CARGO_TARGET_DIR": str(TARGET), "RUSTFLAGS": "-C instrument-coverage"}
    listed = subprocess.run(
        ("cargo", "test", "--no-run", "--locked", "--color", "never"),
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / path for path in re.findall(r"Executable .* \((.*)\)$", listed.stderr, re.MULTILINE)]


def show(raw: Path) -> Iterator[str]:
    """The listing of all lines, with how often each was run by all processes together."""
    arguments = [part for path in programs() for part in ("--object", str(path))]
    arguments += [part for path in sorted(raw.iterdir()) for part in ("--instr-profile", str(path))]
    command = [str(COVERAGE_READER), "show", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, errors="replace") as reader:
        if reader.stdout is not None:
            yield from reader.stdout
    if reader.returncode != 0:
        raise SystemExit(f"{COVERAGE_READER.name} could not read what the tests counted")


def main() -> int:
    """Run the tests, then judge what they ran."""
    raw = TARGET / "raw"
    if (failed := run_tests(raw)) != 0:
        return failed
    files = without_tests(read(show(raw)), ROOT / SOURCES)
    found = list(faults(files))
    for fault in found:
        print(fault)
    if not found:
        count = sum(len(lines) for lines in files.values())
        print(
            f"{percentage(files):.1f} % of {count} lines of the crate are run by its tests, all of {', '.join(WHOLE)}"
        )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
