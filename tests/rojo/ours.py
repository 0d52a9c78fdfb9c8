"""What ours makes of a project."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core_rs import CoreError, Project


@dataclass(frozen=True, slots=True)
class Ours:
    """How it went: for each format that is refused, why."""

    refused: dict[str, str] = field(default_factory=dict)
    built: dict[str, Path] = field(default_factory=dict)
    opened: Project | None = None

    def sourcemap(self, *, everything: bool) -> Any:
        """Return the sourcemap."""
        if self.opened is None:
            raise ValueError(self.refused)
        return json.loads(self.opened.sourcemap(None, include_non_scripts=everything, absolute=False) or "null")


def ours(project: Path, house: Path, kinds: tuple[str, ...]) -> Ours:
    """Build a project in formats, into a folder beside it."""
    outcome = Ours()
    opened: Project | None = None
    for kind in kinds:
        output = house / f"ours.{kind}"
        try:
            opened = opened or Project.open(project)
            opened.build(output, kind)
        except CoreError as refusal:
            outcome.refused[kind] = str(refusal)
        else:
            outcome.built[kind] = output
    return Ours(outcome.refused, outcome.built, opened)
