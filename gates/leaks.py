"""Looks for secrets, registry hosts and paths of a machine: in the tree, in every commit and in every message."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from gates.finding import Finding, close
from gates.leak_shapes import leaks
from gates.tree import ROOT, files, git

ALLOWED = "gates/leaks-allowed.toml"
# git's own rule: a file with a zero byte near its start is not text.
BINARY_PROBE_BYTES = 8_000
# Enough to find a leak again; a log of this gate is no second one.
SHOWN_CHARACTERS = 24
# Cargo writes this line for every crate, and a lock without it is not a lock.
CARGO_SOURCE = re.compile(r'^source = "registry\+https://github\.com/[\w./-]+"$')


@dataclass(frozen=True, slots=True)
class Allowance:
    """A text that looks like a leak and is none, where it may stand, and why."""

    path: str
    text: str
    reason: str

    def covers(self, path: str, text: str) -> bool:
        return text == self.text and (path == ALLOWED or fnmatchcase(path, self.path))


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and how a person finds it again."""

    where: str
    path: str
    text: str


def allowances(root: Path) -> list[Allowance]:
    """The committed list; an entry without a reason is refused by the missing field."""
    path = root / ALLOWED
    entries = tomllib.loads(path.read_text("utf-8")).get("allowed", []) if path.exists() else []
    return [Allowance(**entry) for entry in entries]


def tree(root: Path) -> Iterator[Line]:
    """Every line of every text file that is tracked or could be added."""
    for path in files(root=root):
        content = (root / path).read_bytes()
        if b"\0" not in content[:BINARY_PROBE_BYTES]:
            for number, text in enumerate(content.decode(errors="replace").splitlines(), start=1):
                yield Line(f"{path}:{number}", path, text)


def messages(root: Path) -> Iterator[Line]:
    """The message of every commit and tag that any ref reaches."""
    for record in (
        git("log", "--all", "HEAD", "--format=%h%x00%B%x01", root=root).decode(errors="replace").split("\x01")
    ):
        name, _, body = record.strip("\n").partition("\0")
        yield from (Line(f"the message of {name}", "", text) for text in body.splitlines())
    tags = git("for-each-ref", "--format=%(refname:short)%00%(contents)%01", "refs/tags", root=root)
    for record in tags.decode(errors="replace").split("\x01"):
        name, _, body = record.strip("\n").partition("\0")
        yield from (Line(f"the message of tag {name}", "", text) for text in body.splitlines())


def history(root: Path) -> Iterator[Line]:
    """Every line that any commit added, a merge's against each parent, read as a stream."""
    command = (
        *(
            "git",
            "-c",
            "core.quotePath=false",
            "-C",
            root,
            "log",
            "--all",
            "HEAD",
            "-p",
            "-m",
            "--unified=0",
            "--no-color",
        ),
        *("--no-ext-diff", "--no-textconv", "--no-renames", "--src-prefix=a/", "--dst-prefix=b/", "--format=%x01%h"),
    )
    commit = path = ""
    in_hunk = False
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - asked for in the line above
        for raw in process.stdout:
            text = raw.decode(errors="replace").rstrip("\r\n")
            if text.startswith("\x01"):
                commit, in_hunk = text[1:], False
            elif text.startswith("diff --git "):
                in_hunk = False
            elif text.startswith("+++ ") and not in_hunk:
                path = text[4:].removeprefix("b/").rstrip("\t")
            elif text.startswith("@@"):
                in_hunk = True
            elif text.startswith("+") and in_hunk:
                yield Line(f"{path} in commit {commit}", path, text[1:])
    if process.returncode != 0:
        raise RuntimeError("git log did not come to its end")


def search(lines: Iterable[Line], allowed: Sequence[Allowance], used: set[Allowance]) -> Iterator[Finding]:
    """What is wrong in these lines; notes which allowances were needed."""
    for line in lines:
        if PurePosixPath(line.path).name == "Cargo.lock" and CARGO_SOURCE.match(line.text):
            continue
        for shape, text in leaks(line.text):
            covering = [one for one in allowed if one.covers(line.path, text)]
            # An allowance is not needed by its own entry in the list.
            used.update(one for one in covering if line.path != ALLOWED)
            if not covering:
                yield Finding(line.where, f"{shape.name}: {shortened(text)}", shape.cure)


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}... ({len(text)} characters)"


def main(root: Path = ROOT) -> int:
    """Search everything and report each place once."""
    allowed = allowances(root)
    used: set[Allowance] = set()
    counted = {"tree": 0, "history": 0, "messages": 0}

    def count(name: str, lines: Iterable[Line]) -> Iterator[Line]:
        for line in lines:
            counted[name] += 1
            yield line

    sources = {"tree": tree(root), "history": history(root), "messages": messages(root)}
    found = [one for name, lines in sources.items() for one in search(count(name, lines), allowed, used)]
    found += [
        Finding(ALLOWED, f"the allowance for {shortened(one.text)} is not needed", "delete it")
        for one in allowed
        if one not in used
    ]
    if not counted["tree"]:
        found.append(Finding("the tree", "nothing to look at", "run it in a clone"))
    shallow = git("rev-parse", "--is-shallow-repository", root=root).strip() == b"true"
    extent = " (a shallow clone: only what it holds)" if shallow else ""
    clean = f"nothing in {counted['tree']} lines of the tree, {counted['history']} of the history{extent}"
    return close(list(dict.fromkeys(found)), clean=f"{clean} and {counted['messages']} of its messages")


if __name__ == "__main__":
    sys.exit(main())
