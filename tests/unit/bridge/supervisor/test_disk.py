import errno
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from backend.errors import DataFolderError, DiskFull
from bridge.supervisor.disk import PROBE_BYTES, probe_disk


def test_a_disk_with_room_passes_and_nothing_is_left(tmp_path: Path) -> None:
    probe_disk(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_is_found_by_writing_and_nothing_is_left(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path; from bridge.supervisor.disk import probe_disk\n"
        "from backend.errors import DiskFull\n"
        f"try: probe_disk(Path({str(tmp_path)!r}))\n"
        "except DiskFull as error: print(error.sentence)"
    )

    def limit_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (PROBE_BYTES // 2, PROBE_BYTES // 2))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    ended = subprocess.run(
        [sys.executable, "-P", "-c", program],
        preexec_fn=limit_files,
        capture_output=True,
        text=True,
        check=True,
    )

    expected = f"no space is left for the data folder {tmp_path}: free some space on its disk, then start again\n"
    assert expected == ended.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_probe_that_fails_only_at_fsync_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(DiskFull):
        probe_disk(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.EROFS, errno.EIO, errno.EACCES])
def test_another_reason_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)

    with pytest.raises(DataFolderError, match=os.strerror(number).lower()):
        probe_disk(tmp_path)


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataFolderError, match="no such file or directory"):
        probe_disk(tmp_path / "gone")
