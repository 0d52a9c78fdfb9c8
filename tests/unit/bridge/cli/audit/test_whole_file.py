"""A file that appears whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from backend.errors import DiskFull, FilesError, OperatorError
from bridge.cli.audit.whole_file import whole_file


def test_it_is_not_there_before_it_is_whole(tmp_path: Path) -> None:
    with whole_file(tmp_path / "x") as file:
        file.write(b"all")
        assert not (tmp_path / "x").exists()

    assert b"all" == (tmp_path / "x").read_bytes()


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_what_ends_the_work_leaves_the_old_file_and_nothing_else(tmp_path: Path, error: type[BaseException]) -> None:
    (tmp_path / "x").write_bytes(b"old")

    def write_half() -> None:
        with whole_file(tmp_path / "x") as file:
            file.write(b"half")
            raise error

    with pytest.raises(error):
        write_half()

    assert [tmp_path / "x"] == list(tmp_path.iterdir())
    assert b"old" == (tmp_path / "x").read_bytes()


@pytest.mark.parametrize(("number", "told"), [(errno.ENOSPC, DiskFull), (errno.EIO, FilesError)])
def test_a_disk_that_does_not_take_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: type[OperatorError]
) -> None:
    def fails(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(told, match="x"), whole_file(tmp_path / "x") as file:
        file.write(b"all")

    assert [] == list(tmp_path.iterdir())
