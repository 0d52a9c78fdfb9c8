"""Builds the wheel and compares the list of its files with gates/wheel-files.txt. `--write` takes the new list."""

import difflib
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from gates.finding import Finding, close
from gates.tree import ROOT

LIST = "gates/wheel-files.txt"
PACKAGES = ("backend", "bridge", "core_rs")
# A person who installs the wheel has no use for these, and a changed digest of sources would refuse the core.
UNWANTED = re.compile(r"(?:^|/)(?:tests?|gates|loadtests|src|benches|fuzz|Cargo\.toml|build\.rs|__pycache__)(?:/|$)")


def build(root: Path, folder: str) -> Path:
    """The one wheel that the builder of the lock makes from the tree."""
    command = (sys.executable, "-P", "-m", "maturin", "build", "--quiet", "--locked", "--out", folder)
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise SystemExit(f"the wheel could not be built:\n{ended.stderr.strip()}")
    (wheel,) = Path(folder).glob("*.whl")
    return wheel


def listed(names: Sequence[str]) -> list[str]:
    """The names without what differs by version and platform."""
    plain = (re.sub(r"^toolboxai-[^/]+\.dist-info", "toolboxai.dist-info", name) for name in names)
    return sorted(re.sub(r"/_core\.[\w.-]*(?:so|pyd)$", "/_core.EXTENSION", name) for name in plain)


def unwanted(names: Sequence[str]) -> Iterator[Finding]:
    for name in names:
        if UNWANTED.search(name):
            yield Finding(name, "is in the wheel", "exclude it in pyproject.toml, [tool.maturin]")
    for package in PACKAGES:
        if f"{package}/py.typed" not in names:
            yield Finding(f"{package}/py.typed", "is not in the wheel", "type checkers ignore a package without it")


def changed(names: Sequence[str], expected: Sequence[str]) -> Iterator[Finding]:
    for line in difflib.ndiff(expected, names):
        if line.startswith(("+ ", "- ")):
            word = "is new" if line[0] == "+" else "is gone"
            yield Finding(line[2:], f"{word} in the wheel", f"`make wheel-files` if that is meant; {LIST} is the list")


def main(root: Path = ROOT) -> int:
    """Build, then compare or write."""
    with tempfile.TemporaryDirectory() as folder:
        names = listed(zipfile.ZipFile(build(root, folder)).namelist())
    if "--write" in sys.argv[1:]:
        (root / LIST).write_text("".join(f"{name}\n" for name in names), "utf-8")
        return close(list(unwanted(names)), clean=f"wrote {LIST}")
    expected = (root / LIST).read_text("utf-8").splitlines()
    return close([*unwanted(names), *changed(names, expected)], clean=f"the wheel has the {len(names)} files of {LIST}")


if __name__ == "__main__":
    sys.exit(main())
