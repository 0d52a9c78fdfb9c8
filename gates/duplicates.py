"""`make dup`: lists what stands in the tree more than once, the longest first. A list to read, not a verdict."""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gates.tree import ROOT, files

LEAST_LINES = 6
SOURCES = ("*.py", "*.pyi", "*.rs", "*.luau", "*.sh", "*.js", "*.css", "*.html")
# Imports repeat by nature; a line without a word is only a bracket.
PASSED_OVER = re.compile(r"^(?:import |from \S+ import |use |#|//)|^\W*$")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that counts, where it stands, and its text without indentation."""

    path: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Copy:
    """The same lines in several places."""

    length: int
    places: tuple[str, ...]
    first: str

    def __str__(self) -> str:
        return f"{self.length} lines, {len(self.places)} times: {self.first[:60]}\n" + "".join(
            f"    {place}\n" for place in self.places
        )


def counted(path: str, source: str) -> list[Line]:
    stripped = ((number, text.strip()) for number, text in enumerate(source.splitlines(), start=1))
    return [Line(path, number, text) for number, text in stripped if not PASSED_OVER.match(text)]


def copies(sources: Mapping[str, str]) -> list[Copy]:
    """Every run of lines that stands twice or more, once, at its full length."""
    lines = [counted(path, source) for path, source in sources.items()]
    places: dict[tuple[str, ...], list[tuple[int, int]]] = defaultdict(list)
    for file, own in enumerate(lines):
        for start in range(len(own) - LEAST_LINES + 1):
            places[tuple(line.text for line in own[start : start + LEAST_LINES])].append((file, start))
    found = [grown(lines, same) for same in places.values() if len(same) > 1 and not inside_another(lines, same)]
    return sorted(found, key=lambda copy: (-copy.length * len(copy.places), copy.places))


def inside_another(lines: Sequence[Sequence[Line]], same: Sequence[tuple[int, int]]) -> bool:
    """Whether the line before is the same everywhere too: the run that starts there says it all."""
    before = {lines[file][start - 1].text if start else None for file, start in same}
    return len(before) == 1 and None not in before


def grown(lines: Sequence[Sequence[Line]], same: Sequence[tuple[int, int]]) -> Copy:
    """The run as far as all its places agree."""
    length = LEAST_LINES
    while (
        len(following := {text_at(lines, file, start + length) for file, start in same}) == 1 and None not in following
    ):
        length += 1
    spans = (f"{lines[f][s].path}:{lines[f][s].number}-{lines[f][s + length - 1].number}" for f, s in same)
    return Copy(length, tuple(spans), lines[same[0][0]][same[0][1]].text)


def text_at(lines: Sequence[Sequence[Line]], file: int, index: int) -> str | None:
    return lines[file][index].text if index < len(lines[file]) else None


def read(root: Path) -> Iterator[tuple[str, str]]:
    for path in files(*SOURCES, root=root):
        yield path, (root / path).read_text("utf-8")


def main(root: Path = ROOT) -> int:
    """Print the list."""
    sources = dict(read(root))
    found = copies(sources)
    for copy in found:
        print(copy)
    print(f"{len(found)} copies of {LEAST_LINES} lines or more in {len(sources)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
