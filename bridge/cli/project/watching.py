"""Doing a piece of work again each time that a project changes."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from bridge.cli import failure
from bridge.cli.asked import Asked
from bridge.cli.project.diagnosed import ProjectRefused
from bridge.cli.unwinding import unwinding

if TYPE_CHECKING:
    from core_rs import Project


def follow(asked: Asked, project: "Project", work: Callable[[], int], *, watch: bool) -> int:
    """Do the work and return its exit code; with `watch` again at each change, until somebody ends the program."""
    if not watch:
        return work()
    with unwinding():
        while True:
            _try(asked, work)
            project.wait()
            project.refresh()


def _try(asked: Asked, work: Callable[[], int]) -> None:
    """Say what is wrong with this revision, as the next may be right."""
    try:
        work()
    except ProjectRefused as error:
        failure.tell(asked, error, error.exit_code)
    # Whoever reads this from a pipe learns now what happened, and not with the next 8 KiB.
    sys.stdout.flush()
