"""Which folders changed, as Python is told."""

import time
from collections.abc import Callable
from pathlib import Path

from core_rs import Burst, Watching

LONG_SECONDS = 20.0


def until(watching: Watching, holds: Callable[[Burst], bool]) -> Burst:
    """The first burst of which it holds."""
    end = time.monotonic() + LONG_SECONDS
    while time.monotonic() < end:
        burst = watching.wait(LONG_SECONDS)
        if burst is not None and holds(burst):
            return burst
    raise AssertionError("nothing of the kind was told")


def test_the_folder_of_a_change_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    watching = Watching([tmp_path])

    (tmp_path / "a" / "file").write_text("x")

    told = until(watching, lambda burst: str(tmp_path / "a") in burst.folders)
    assert (False, [], []) == (told.needs_rescan, told.gone, told.faults)


def test_where_nothing_changes_nothing_is_told(tmp_path: Path) -> None:
    assert None is Watching([tmp_path]).wait(0.0)
    assert None is Watching([tmp_path]).wait(0.15)


def test_what_git_keeps_is_not_watched(tmp_path: Path) -> None:
    (tmp_path / ".git" / "refs").mkdir(parents=True)
    watching = Watching([tmp_path])

    (tmp_path / ".git" / "refs" / "head").write_text("x")
    (tmp_path / "last").write_text("x")

    told = until(watching, lambda burst: str(tmp_path) in burst.folders)
    assert [str(tmp_path)] == told.folders


def test_a_folder_that_is_gone_is_told_and_can_be_added_again(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    watching = Watching([folder])
    assert [str(folder)] == until(watching, lambda burst: bool(burst.gone)).gone

    folder.mkdir()
    watching.add(folder)
    until(watching, lambda burst: str(folder) in burst.folders)
    (folder / "file").write_text("x")

    until(watching, lambda burst: str(folder) in burst.folders)
