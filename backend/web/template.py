"""A route's path: literal segments and whole segments named in braces, `/api/v1/games/{game_id}/releases`."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_LITERAL: Final = re.compile(r"[A-Za-z0-9._~-]+")
_NAMED: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Template:
    text: str
    # One entry a segment: the literal, or None where a name takes whatever stands there.
    literals: tuple[str | None, ...]
    names: tuple[str, ...]

    @property
    def shape(self) -> tuple[str | None, ...]:
        """What makes two templates the same to a router, whatever their names are."""
        return self.literals


@lru_cache(maxsize=1024)
def parse_template(text: str) -> Template:
    """Read a path, or raise ValueError saying what is wrong with it."""
    if not text.startswith("/"):
        raise ValueError("does not begin with /")
    literals: list[str | None] = []
    names: list[str] = []
    for segment in text[1:].split("/"):
        named = _NAMED.fullmatch(segment)
        if named is not None:
            literals.append(None)
            names.append(named[1])
        elif _LITERAL.fullmatch(segment) is not None and segment not in {".", ".."}:
            literals.append(segment)
        else:
            raise ValueError(f"has the segment {segment!r}; a segment is letters, digits, . _ ~ - or one {{name}}")
    if len(set(names)) != len(names):
        raise ValueError("names a segment twice")
    return Template(text, tuple(literals), tuple(names))
