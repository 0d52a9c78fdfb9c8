"""The data folder, looked at without a trace."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from backend.db.file_lock import FileLock
from backend.errors import DataFolderError
from bridge.check_result import Verdict
from bridge.cli.checks.folder import check_folder, check_locks, check_space, free_bytes, nearest_folder

MIB = 1 << 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "data"
    found.mkdir(mode=0o700)
    return found


def test_a_good_folder_is_left_as_it_was(folder: Path) -> None:
    assert [Verdict.OK] * 2 == [check_folder(folder).verdict, check_locks(folder).verdict]
    assert [] == list(folder.iterdir())


def test_a_folder_that_can_be_made_is_not_made(tmp_path: Path) -> None:
    found = check_folder(tmp_path / "a" / "b")

    assert (Verdict.OK, []) == (found.verdict, list(tmp_path.iterdir()))
    assert "serve makes it" in found.seen
    assert Verdict.OK == check_locks(tmp_path / "a" / "b").verdict
    assert [] == list(tmp_path.iterdir())


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert [Verdict.FAIL] * 2 == [check_folder(tmp_path / each).verdict for each in ("file", "file/data")]
    assert f"{tmp_path}/file is a file" == check_folder(tmp_path / "file" / "data").seen


def test_a_folder_that_is_open_to_others_is_refused_in_the_words_of_serve(folder: Path) -> None:
    folder.chmod(0o755)

    with pytest.raises(DataFolderError, match="chmod 700"):
        check_folder(folder)


def test_a_folder_that_cannot_be_written_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The tests may run as root, to whom the system refuses nothing.
    monkeypatch.setattr("bridge.cli.checks.folder.os.access", lambda _path, _mode: False)

    assert (Verdict.FAIL, f"{folder} cannot be written by this account") == (
        check_folder(folder).verdict,
        check_folder(folder).seen,
    )


@pytest.mark.parametrize(
    ("free", "verdict"),
    [(1024 * MIB, Verdict.OK), (1024 * MIB - 1, Verdict.WARN), (64 * MIB, Verdict.WARN), (64 * MIB - 1, Verdict.FAIL)],
)
def test_little_space_warns_and_less_fails(free: int, verdict: Verdict) -> None:
    assert verdict == check_space(free).verdict


def test_space_is_that_of_the_disk_the_folder_will_be_on(tmp_path: Path) -> None:
    assert nearest_folder(tmp_path / "a" / "b") == tmp_path
    assert 0 < free_bytes(tmp_path / "a" / "b")


class OneForAll(FileLock):
    """What some network file systems do."""

    def try_acquire(self) -> bool:
        return True


class NoneForAnyone(FileLock):
    def try_acquire(self) -> bool:
        return False


class Refused(FileLock):
    def try_acquire(self) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


@pytest.mark.parametrize(
    ("kind", "seen"),
    [(OneForAll, "one lock to two holders"), (NoneForAnyone, "gives no lock"), (Refused, "No locks available")],
)
def test_a_file_system_without_locks_is_refused(kind: Callable[[Path], FileLock], seen: str, folder: Path) -> None:
    found = check_locks(folder, kind)

    assert Verdict.FAIL == found.verdict
    assert seen in found.seen
    assert [] == list(folder.iterdir())


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_locks_are_not_judged_where_nothing_can_be_written(number: int, folder: Path) -> None:
    def refuse(_path: Path) -> FileLock:
        raise OSError(number, os.strerror(number))

    assert Verdict.WARN == check_locks(folder, refuse).verdict
