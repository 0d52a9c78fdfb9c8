"""Keeps the lock files true to pyproject.toml and Cargo.toml, and free of hosts. `--write` makes them anew.

The Python locks are compiled again with the pins they have, so that only a change of ours shows as a difference,
not a release of somebody else's. `--write --upgrade` takes those releases too.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gates.finding import Finding, close
from gates.leak_shapes import REGISTRY_HOSTS
from gates.tree import ROOT

RENEW = "run `make locks`, and read its diff"
COMPILE = ("pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header", "--no-annotate")
# Each of them writes a place of packages into a lock, which then works on one machine only.
PLACES = re.compile(rf"(?i)--(?:extra-)?index-url|--find-links|^-[fi]\s|https?://|file:|{'|'.join(REGISTRY_HOSTS)}")
INSTALLER = "uv"


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file and the dependency group that it fills, besides the dependencies themselves."""

    path: str
    group: str


LOCKS = (
    Lock("locks/runtime.txt", "build"),
    Lock("locks/test.txt", "test"),
    Lock("locks/load.txt", "load"),
    Lock("locks/bench.txt", "bench"),
)


def uv() -> str:
    """The installer beside this interpreter: pinned by hash, unlike one found on the way."""
    return str(Path(sys.executable).with_name(INSTALLER))


def compiled(lock: Lock, root: Path, scratch: Path, *more: str) -> str:
    """The text of a lock as pyproject.toml asks for it now; its present pins are kept where they still fit."""
    output = scratch / Path(lock.path).name
    if (root / lock.path).exists():
        shutil.copyfile(root / lock.path, output)
    command = (uv(), *COMPILE, *more, "--group", lock.group, "pyproject.toml", "--output-file", str(output))
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise UnsolvedError(ended.stderr.strip())
    return output.read_text("utf-8")


def installer_lock(root: Path) -> str:
    """The part of the runtime lock that pins the installer: pip fetches it first, with that hash."""
    text = (root / "locks/runtime.txt").read_text("utf-8")
    return "".join(re.findall(rf"(?m)^{INSTALLER}==[^\n]*\n(?:    [^\n]*\n)*", text))


class UnsolvedError(Exception):
    """The installer could not say what to lock."""


def out_of_date(root: Path) -> Iterator[Finding]:
    """Locks that would change if they were made now."""
    with tempfile.TemporaryDirectory() as folder:
        for lock in LOCKS:
            try:
                if compiled(lock, root, Path(folder)) != (root / lock.path).read_text("utf-8"):
                    yield Finding(lock.path, "does not say what pyproject.toml asks for", RENEW)
            except UnsolvedError as unsolved:
                yield Finding(
                    lock.path, f"could not be compared: {unsolved}", "connect to the package index, or mend it"
                )
    if installer_lock(root) != (root / "locks/uv.txt").read_text("utf-8"):
        yield Finding("locks/uv.txt", "pins another installer than locks/runtime.txt", RENEW)
    ended = subprocess.run(
        ("cargo", "metadata", "--locked", "--format-version", "1"),
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        yield Finding("Cargo.lock", ended.stderr.strip(), "run `cargo update --workspace`, and read the diff")


def naming_places(root: Path) -> Iterator[Finding]:
    """Lines of a lock that name where packages come from."""
    locks = root / "locks"
    for path in sorted(path for path in locks.rglob("*") if path.is_file()):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            if PLACES.search(line):
                yield Finding(
                    f"locks/{path.relative_to(locks).as_posix()}:{number}", "names a place of packages", RENEW
                )


def write(root: Path, *, upgrade: bool) -> None:
    """Make all Python locks anew."""
    with tempfile.TemporaryDirectory() as folder:
        for lock in LOCKS:
            text = compiled(lock, root, Path(folder), *(("--upgrade",) if upgrade else ()))
            (root / lock.path).write_text(text, "utf-8")
    (root / "locks/uv.txt").write_text(installer_lock(root), "utf-8")


def main(root: Path = ROOT) -> int:
    """Compare, or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--upgrade", action="store_true")
    asked = parser.parse_args()
    if asked.write:
        write(root, upgrade=asked.upgrade)
        return 0
    names = ", ".join(lock.path for lock in LOCKS)
    return close([*naming_places(root), *out_of_date(root)], clean=f"{names}, locks/uv.txt and Cargo.lock are current")


if __name__ == "__main__":
    sys.exit(main())
