"""A file that appears whole or not at all."""

import os
import sys
from pathlib import Path

import pytest

from backend.whole_file import OWNER_AND_READERS, whole_file


def test_it_is_there_when_the_block_has_ended_and_not_before(tmp_path: Path) -> None:
    target = tmp_path / "x"

    with whole_file(target) as file:
        file.write(b"all of it")
        assert not target.exists()

    assert b"all of it" == target.read_bytes()


def test_what_fails_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "x"
    target.write_bytes(b"old")

    def write_half() -> None:
        with whole_file(target) as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()

    assert b"old" == target.read_bytes()
    assert [target] == [*tmp_path.iterdir()]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
@pytest.mark.parametrize("mode", [0o600, OWNER_AND_READERS])
def test_its_rights_are_those_that_were_asked_for(tmp_path: Path, mode: int) -> None:
    before = os.umask(0o077)
    try:
        with whole_file(tmp_path / "x", mode=mode):
            pass
    finally:
        os.umask(before)

    assert mode == (tmp_path / "x").stat().st_mode & 0o777


def test_a_new_one_does_not_replace_another(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")

    with pytest.raises(FileExistsError), whole_file(tmp_path / "x", is_new=True) as file:
        file.write(b"new")

    assert b"old" == (tmp_path / "x").read_bytes()
