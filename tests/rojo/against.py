"""One project, built by both: how they differ, and with how few of its files they still do.

`python -P -m tests.rojo.against 1234` writes the project of a seed to a folder and says it.
"""

import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from gates import rojo
from tests.rojo.binary import binary_models
from tests.rojo.case import MODELS, PLACES, Case, Content
from tests.rojo.dom import Reader, UnreadableError, differences, reader
from tests.rojo.made_up import made_up
from tests.rojo.ours import ours
from tests.rojo.real import Rojo

KINDS: Final = (*MODELS, *PLACES)


def differing(files: Mapping[str, Content], kind: str, real: Rojo, read: Reader) -> list[str]:
    """Say how the two differ about a project; both refusing it is no difference."""
    with tempfile.TemporaryDirectory(prefix="tbx-rojo-") as name:
        house = Path(name)
        project = Case("", files).write(house)
        theirs = house / f"theirs.{kind}"
        said = real.build(project, theirs)
        made = ours(project, house, (kind,))
        if said.is_refusal:
            return [] if kind in made.refused else [f"it is built, and Rojo says {said.output.strip()}"]
        if kind in made.refused:
            return [f"it is refused, and Rojo builds it: {made.refused[kind]}"]
        try:
            expected = read.line(theirs)
        except UnreadableError:
            return []
        if expected == read.line(made.built[kind]):
            return []
        return list(differences(read.roots(theirs), read.roots(made.built[kind])))


def fewer(files: Mapping[str, Content], is_wrong: Callable[[Mapping[str, Content]], bool]) -> dict[str, Content]:
    """Take files away one after the other for as long as it stays wrong."""
    kept = dict(files)
    for path in files:
        without = {name: content for name, content in kept.items() if name != path}
        if is_wrong(without):
            kept = without
    return kept


def main(seeds: list[str]) -> int:
    """Look at these seeds."""
    real, binary, wrong = Rojo(rojo.program()), binary_models(), 0
    with reader() as read:
        for seed in map(int, seeds):
            kind = KINDS[seed % len(KINDS)]
            files = made_up(seed, binary)
            if not differing(files, kind, real, read):
                continue
            wrong += 1
            files = fewer(files, lambda some, kind=kind: bool(differing(some, kind, real, read)))  # type: ignore[misc]
            folder = Path(tempfile.mkdtemp(prefix=f"tbx-rojo-{seed}-"))
            Case("", files).write(folder)
            print(f"{seed}, as {kind}: {folder}", *differing(files, kind, real, read), sep="\n  ")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
