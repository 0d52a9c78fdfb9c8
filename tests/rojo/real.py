"""What the real Rojo makes of a project."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

# A project that leads into itself makes it run until its stack ends; what takes longer hangs.
LIMIT_SECONDS: Final = 60
REFUSED: Final = 1


@dataclass(frozen=True, slots=True)
class Said:
    """How a run of it ended: 0 is well, 1 is refused, and anything else is a crash."""

    code: int
    output: str

    @property
    def is_refusal(self) -> bool:
        return self.code != 0

    @property
    def is_crash(self) -> bool:
        return self.code not in {0, REFUSED}


@dataclass(frozen=True, slots=True)
class Rojo:
    """The program."""

    program: str

    def run(self, *arguments: str | Path, folder: Path) -> Said:
        ended = subprocess.run(
            (self.program, "--color", "never", *arguments),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT_SECONDS,
            check=False,
        )
        return Said(ended.returncode, ended.stderr)

    def build(self, project: Path, output: Path) -> Said:
        return self.run("build", project, "--output", output, folder=output.parent)

    def sourcemap(self, project: Path, output: Path, *, folder: Path, everything: bool) -> Any:
        """Return the sourcemap of a project, as it is seen from a folder, and None if there is none."""
        more = ("--include-non-scripts",) if everything else ()
        said = self.run("sourcemap", project, "--output", output, *more, folder=folder)
        return None if said.is_refusal else json.loads(output.read_text("utf-8"))
