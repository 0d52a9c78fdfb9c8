"""The list is made in order and whole or not at all, and holds exactly what was in the download."""

import hashlib
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.accounts.signin import breached_making
from backend.accounts.signin.breached import Breached
from backend.errors import FilesError
from backend.secret import Secret


def sha1(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def download(folder: Path, lines: list[str], end: str = "\n") -> Path:
    path = folder / "download.txt"
    path.write_bytes("".join(line + end for line in lines).encode())
    return path


def made(folder: Path, lines: list[str], end: str = "\n", *, seen_at_least: int = 1) -> Path:
    breached_making.make(download(folder, lines, end), folder / "list", seen_at_least=seen_at_least)
    return folder / "list"


@settings(deadline=None)
@given(listed=st.sets(st.text("abc", max_size=5)), asked=st.text("abc", max_size=5))
def test_a_password_is_held_when_it_was_in_the_download(listed: set[str], asked: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = made(Path(folder), sorted(f"{sha1(one)}:1" for one in listed))
        with Breached(path) as breached:
            assert len(listed) == len(breached)
            assert (asked in listed) == breached.holds(Secret(asked))
            assert all(breached.holds(Secret(one)) for one in listed)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_ends_of_lines_may_be_of_either_system(tmp_path: Path, end: str) -> None:
    with Breached(made(tmp_path, [f"{sha1('one')}:12"], end)) as breached:
        assert breached.holds(Secret("one"))


def test_the_last_line_may_lack_its_end_and_digits_may_be_small(tmp_path: Path) -> None:
    (tmp_path / "download.txt").write_text(f"{sha1('one').lower()}:12")
    breached_making.make(tmp_path / "download.txt", tmp_path / "list")

    with Breached(tmp_path / "list") as breached:
        assert breached.holds(Secret("one"))


def test_what_was_seen_seldom_may_be_left_out(tmp_path: Path) -> None:
    lines = sorted([f"{sha1('seldom')}:4", f"{sha1('often')}:5"])

    with Breached(made(tmp_path, lines, seen_at_least=5)) as breached:
        assert breached.holds(Secret("often"))
        assert not breached.holds(Secret("seldom"))


def test_hashes_that_begin_alike_are_one_entry(tmp_path: Path) -> None:
    with Breached(made(tmp_path, ["0" * 39 + "1:1", "0" * 39 + "2:1"])) as breached:
        assert len(breached) == 1


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["0" * 39 + "2:1", "0" * 39 + "1:1"], "Line 2 .* order"),
        (["0" * 39 + "1:1", "0" * 39 + "1:1"], "Line 2 .* order"),
        (["0" * 39 + "1:1", "", "0" * 39 + "2:1"], "Line 2 "),
        (["0" * 32 + ":1"], "Line 1 "),
        (["0" * 40], "Line 1 "),
        (["password:1"], "Line 1 "),
        (["0" * 500], "without an end|Line 1 "),
    ],
)
def test_another_kind_of_file_is_refused_and_the_old_list_stays(tmp_path: Path, lines: list[str], why: str) -> None:
    (tmp_path / "list").write_bytes(b"old")

    with pytest.raises(FilesError, match=why):
        made(tmp_path, lines)
    assert (tmp_path / "list").read_bytes() == b"old"
    assert {"list", "download.txt"} == {path.name for path in tmp_path.iterdir()}


def test_a_file_without_lines_does_not_fill_the_memory(tmp_path: Path) -> None:
    with (tmp_path / "download.txt").open("wb") as file:
        file.truncate(1 << 33)

    with pytest.raises(FilesError, match="without an end"):
        breached_making.make(tmp_path / "download.txt", tmp_path / "list")


def test_the_memory_does_not_grow_with_the_download_and_progress_is_told(tmp_path: Path) -> None:
    source = download(tmp_path, [f"{number:040X}:1" for number in range(1 << 30, (1 << 30) + 100_000)])
    size = source.stat().st_size
    told: list[tuple[int, int]] = []
    tracemalloc.start()
    count = breached_making.make(source, tmp_path / "list", progress=lambda done, total: told.append((done, total)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 1
    assert (size, size) == told[-1]
    assert len(told) > 1
    assert sorted(told) == told
    assert peak < 16 << 20


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[:-8], lambda whole: whole[:-1], lambda _: b"", lambda w: b"X" + w]
)
def test_a_list_that_is_not_whole_is_refused(tmp_path: Path, damage: object) -> None:
    path = made(tmp_path, [f"{sha1('one')}:1"])
    assert callable(damage)
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(FilesError, match="list"):
        Breached(path)


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FilesError, match="cannot be opened"):
        Breached(tmp_path / "list")
    with pytest.raises(FilesError, match="cannot be written"):
        breached_making.make(tmp_path / "none", tmp_path / "list")
