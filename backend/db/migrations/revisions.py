"""The migrations of this release, read from their files: importing Alembic for that takes a quarter of a second."""

import re
from functools import cache
from pathlib import Path
from typing import Final

VERSIONS: Final = Path(__file__).with_name("versions")
_REVISION: Final = re.compile(r'^revision = "([^"]+)"$', re.MULTILINE)
_DOWN_REVISION: Final = re.compile(r'^down_revision = (?:"([^"]+)"|None)$', re.MULTILINE)


@cache
def known(versions: Path = VERSIONS) -> tuple[str, ...]:
    """Return the revisions from the first to the last; ValueError unless they form one line."""
    following: dict[str | None, str] = {}
    for file in sorted(versions.glob("[0-9]*.py")):
        text = file.read_text(encoding="utf-8")
        revision, down = _REVISION.search(text), _DOWN_REVISION.search(text)
        if revision is None or down is None:
            raise ValueError(f"{file.name} does not say its revision and down_revision in the form of the template")
        if down[1] in following:
            raise ValueError(f"{revision[1]} and {following[down[1]]} both follow {down[1]}: the history has two heads")
        following[down[1]] = revision[1]
    line: list[str] = []
    while (next_one := following.pop(line[-1] if line else None, None)) is not None:
        line.append(next_one)
    if following:
        raise ValueError(f"nothing leads to {', '.join(following.values())}")
    return tuple(line)


def head() -> str:
    return known()[-1]
