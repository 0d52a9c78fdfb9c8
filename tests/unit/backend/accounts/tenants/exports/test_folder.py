"""Where the files of exports lie, and when they go."""

import asyncio
import os
import threading
import time
from pathlib import Path

import pytest

from backend.accounts.tenants.exports.folder import KEPT_SECONDS, ExportFolder, in_thread

TENANT, EXPORT = "a" * 26, "e" * 26


def made(folder: ExportFolder, export_id: str = EXPORT, *, seconds_ago: float = 0) -> Path:
    with folder.writing(TENANT, export_id) as file:
        file.write(b"content")
    path = folder.path(TENANT, export_id)
    then = time.time() - seconds_ago
    os.utime(path, (then, then))
    return path


def test_a_file_is_read_by_who_knows_its_digest(tmp_path: Path) -> None:
    folder = ExportFolder(tmp_path / "exports")
    made(folder)
    length, digest = folder.measure(TENANT, EXPORT)

    assert len(b"content") == length
    assert b"content" == folder.read(TENANT, EXPORT, digest)
    assert folder.read(TENANT, EXPORT, "0" * 64) is None
    assert folder.read(TENANT, "f" * 26, digest) is None


def test_a_sweep_takes_what_is_over_its_time_and_nothing_else(tmp_path: Path) -> None:
    folder = ExportFolder(tmp_path / "exports")
    old = made(folder, "o" * 26, seconds_ago=KEPT_SECONDS + 60)
    new = made(folder, "n" * 26, seconds_ago=KEPT_SECONDS - 60)
    folder.sweep()

    assert (False, True) == (old.exists(), new.exists())


def test_where_nothing_was_exported_there_is_nothing_to_take_away(tmp_path: Path) -> None:
    folder = ExportFolder(tmp_path / "exports")
    folder.sweep()
    folder.remove(TENANT, EXPORT)
    folder.remove_tenant(TENANT)

    assert [] == list(tmp_path.iterdir())


async def test_work_that_was_begun_in_a_thread_has_ended_when_its_caller_is_cancelled() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(10)
        ended.set()

    task = asyncio.create_task(in_thread(work))
    await asyncio.to_thread(begun.wait, 10)
    task.cancel()
    asyncio.get_running_loop().call_soon(may_end.set)
    with pytest.raises(asyncio.CancelledError):
        await task

    assert ended.is_set()
