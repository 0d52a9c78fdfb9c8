"""Taking turns with other processes."""

import threading
import time
from pathlib import Path

import pytest

from backend.db.file_lock import FileLock
from backend.db.sqlite.turnstile import Turnstile
from backend.errors import DatabaseUnavailable


def test_one_at_a_time_passes(tmp_path: Path) -> None:
    database = tmp_path / "x.db"

    with (
        Turnstile(database, wait_seconds=1).passed(),
        pytest.raises(DatabaseUnavailable, match="does not end its write"),
        Turnstile(database, wait_seconds=0.05).passed(),
    ):
        pass
    with Turnstile(database, wait_seconds=0).passed():
        pass


def test_a_full_queue_is_told(tmp_path: Path) -> None:
    waiting = FileLock(tmp_path / "x.db-next")
    assert waiting.try_acquire()

    with (
        pytest.raises(DatabaseUnavailable, match="write without a pause"),
        Turnstile(tmp_path / "x.db", wait_seconds=0.05).passed(),
    ):
        pass
    waiting.release()


def test_who_waits_comes_before_who_was_just_there(tmp_path: Path) -> None:
    """A writer without a pause lets another one in after each of its turns."""
    turns: list[str] = []

    def write(name: str) -> None:
        with Turnstile(tmp_path / "x.db", wait_seconds=10).passed():
            turns.append(name)

    waiting = threading.Thread(target=write, args=("who waits",))
    with Turnstile(tmp_path / "x.db", wait_seconds=10).passed():
        waiting.start()
        while (probe := FileLock(tmp_path / "x.db-next")).try_acquire():
            probe.release()
            time.sleep(0.001)
    write("who was just there")
    waiting.join()

    assert turns == ["who waits", "who was just there"]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(DatabaseUnavailable, match="lock files beside the database"),
        Turnstile(tmp_path / "gone" / "x.db", wait_seconds=1).passed(),
    ):
        pass
