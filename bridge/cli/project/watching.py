"""Doing a piece of work again each time that a project changes."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bridge.cli import failure
from bridge.cli.asked import Asked
from bridge.cli.project.diagnosed import ProjectRefused
from bridge.cli.unwinding import unwinding

if TYPE_CHECKING:
    from core_rs import Burst, Project

# How long a folder that was gone may be there again before it is seen.
_GONE_SECONDS: Final = 1.0


def follow(asked: Asked, project: "Project", work: Callable[[], int], *, watch: bool) -> int:
    """Do the work and return its exit code; with `watch` again at each change, until somebody ends the program."""
    if not watch:
        return work()
    with unwinding():
        watched = Watched(project)
        # What changed between the first look and the watch.
        project.refresh()
        while True:
            _try(asked, work)
            watched.wait()


def _try(asked: Asked, work: Callable[[], int]) -> None:
    """Say what is wrong with this revision, as the next may be right."""
    try:
        work()
    except ProjectRefused as error:
        failure.tell(asked, error, error.exit_code)
    # Whoever reads this from a pipe learns now what happened, and not with the next 8 KiB.
    sys.stdout.flush()


class Watched:
    """A project that is looked at again whenever a folder changes that it is made of."""

    def __init__(self, project: "Project") -> None:
        from core_rs import Watching

        self._project = project
        self._known = set(tops(project.folders))
        self._gone: set[str] = set()
        self._watching = Watching(sorted(self._known))

    def wait(self) -> None:
        """Return when the project, or what is wrong with it, is another than it was."""
        while not self._has_changed(self._watching.wait(_GONE_SECONDS)):
            self._look_for_gone()

    def _has_changed(self, burst: "Burst | None") -> bool:
        if burst is None:
            return False
        for fault in burst.faults:
            failure.warn(fault)
        self._gone.update(burst.gone)
        changed = self._project.refresh(None if burst.needs_rescan else burst.folders)
        # A project file may have come to name a folder elsewhere.
        for folder in set(tops(self._project.folders)) - self._known:
            if not any(Path(folder).is_relative_to(known) for known in self._known):
                self._watching.add(folder)
            self._known.add(folder)
        return changed

    def _look_for_gone(self) -> None:
        for folder in [folder for folder in self._gone if Path(folder).is_dir()]:
            self._gone.remove(folder)
            self._watching.add(folder)


def tops(folders: Iterable[str]) -> list[str]:
    """Return those that lie in none of the others."""
    found: list[Path] = []
    for folder in sorted(map(Path, folders)):
        if not found or not folder.is_relative_to(found[-1]):
            found.append(folder)
    return [str(folder) for folder in found]
