"""Hashing from Python; what the digests are is tested in Rust."""

import hashlib
import os
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from core_rs import CoreError, FileFailed, Memo, Stopped, blake3, hash_file, hash_tree, sha256

# Larger than what is hashed without letting the interpreter go.
LARGE = bytes(range(256)) * 4096
OLD_SECONDS = 1_700_000_000


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "tree"
    for number in range(30):
        path = root / f"folder{number % 3}" / f"file{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content {number}")
        os.utime(path, (OLD_SECONDS, OLD_SECONDS))
    (root / "empty").mkdir()
    (root / "link").symlink_to("/etc")
    return root


@pytest.mark.parametrize("data", [b"", b"lesson", LARGE])
def test_sha256_is_that_of_the_standard_library(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(data)

    assert hashlib.sha256(data).digest() == sha256(data)
    assert sha256(data) == hash_file(tmp_path / "file", algorithm="sha256")
    assert blake3(data) == hash_file(str(tmp_path / "file"), threads=2)


def test_an_unknown_algorithm_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not md5"):
        hash_file(tmp_path, algorithm="md5")  # type: ignore[arg-type]


def test_a_missing_file_is_named_with_the_number_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileFailed, match="nowhere") as caught:
        hash_file(tmp_path / "nowhere")

    assert 2 == caught.value.errno
    assert isinstance(caught.value, CoreError)


def test_a_tree_has_every_file_in_order_and_names_what_it_leaves_out(tree: Path) -> None:
    hashed = hash_tree(tree)

    paths = [path for path, _, _ in hashed.files]
    assert sorted(paths) == paths
    assert 30 == len(hashed) == len(paths) == hashed.files_read
    assert ["empty"] == hashed.empty_folders
    assert [("link", "a link")] == hashed.skipped
    path, size, digest = hashed.files[0]
    assert ("folder0/file0", 9, blake3(b"content 0")) == (path, size, digest)
    assert hashed.digest == hash_tree(tree, threads=1).digest
    assert hashed.digest != hash_tree(tree, algorithm="sha256").digest


def settled(memo: Memo, tree: Path) -> None:
    """Fill the memo once the files are old enough to be trusted."""
    deadline = time.monotonic() + 10
    while len(memo) < 30:
        assert time.monotonic() < deadline, "the files never came to rest"
        hash_tree(tree, memo=memo)
        time.sleep(0.05)


def test_a_memo_saves_reading_and_survives_being_saved(tree: Path, tmp_path: Path) -> None:
    memo = Memo()
    settled(memo, tree)
    memo.save(tmp_path / "memo")
    loaded = Memo.load(tmp_path / "memo")
    (tree / "folder0" / "file0").write_text("changed")

    hashed = hash_tree(tree, memo=loaded)

    assert None is loaded.fault
    assert 1 == hashed.files_read
    assert blake3(b"changed") == hashed.files[0][2]
    assert [] == loaded.verify(tree)


def test_a_damaged_memo_is_as_good_as_none_and_says_why(tree: Path, tmp_path: Path) -> None:
    path = tmp_path / "memo"
    memo = Memo()
    settled(memo, tree)
    memo.save(path)
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(content)

    loaded = Memo.load(path)

    assert (0, "its checksum is wrong") == (len(loaded), loaded.fault)
    assert 30 == hash_tree(tree, memo=loaded).files_read
    assert None is Memo.load(tmp_path / "nowhere").fault


def test_a_memo_at_work_still_tells_what_it_knew(tmp_path: Path) -> None:
    """A second thread that asks, or keeps it, gets what was there before and not nothing."""
    root = tmp_path / "tree"
    root.mkdir()
    (root / "small").write_text("x")
    os.utime(root / "small", (OLD_SECONDS, OLD_SECONDS))
    memo = Memo()
    deadline = time.monotonic() + 10
    while len(memo) == 0:
        assert time.monotonic() < deadline, "the file never came to rest"
        hash_tree(root, memo=memo)
        time.sleep(0.05)
    many_files(root / "many")
    meanwhile: list[int] = []

    def progress(*_: int) -> None:
        meanwhile.append(len(memo))
        memo.save(tmp_path / "memo")

    hash_tree(root, algorithm="sha256", memo=memo, progress=progress, threads=1)

    assert {1} == set(meanwhile)
    assert 1 == len(Memo.load(tmp_path / "memo"))


def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(FileFailed, match="is not a file"):
            hash_file(path)


def many_files(root: Path) -> Path:
    root.mkdir()
    for number in range(4):
        with (root / f"large{number}").open("wb") as file:
            file.truncate(500_000_000)
    return root


def test_progress_comes_at_most_ten_times_a_second_and_false_stops(tmp_path: Path) -> None:
    calls: list[tuple[float, int, int]] = []

    def progress(done_bytes: int, total_bytes: int, _done_files: int) -> bool:
        calls.append((time.monotonic(), done_bytes, total_bytes))
        return len(calls) < 3

    with pytest.raises(Stopped):
        hash_tree(many_files(tmp_path / "many"), algorithm="sha256", progress=progress, threads=1)

    assert 3 == len(calls)
    assert {2_000_000_000} == {total for _, _, total in calls}
    assert all(later[0] - earlier[0] > 0.09 for earlier, later in pairwise(calls))
    assert calls[0][1] < calls[2][1]


def test_what_the_callback_raises_comes_out(tmp_path: Path) -> None:
    def progress(*_: int) -> None:
        raise LookupError("planted")

    with pytest.raises(LookupError, match="planted"):
        hash_tree(many_files(tmp_path / "many"), algorithm="sha256", progress=progress, threads=1)


@pytest.mark.parametrize(
    "work", [lambda root: hash_tree(root, threads=1), lambda root: sha256((root / "large0").read_bytes())]
)
def test_other_threads_run_meanwhile(work: Callable[[Path], object], tmp_path: Path) -> None:
    root = many_files(tmp_path / "many")
    turns = 0
    ended = threading.Event()

    def spin() -> None:
        nonlocal turns
        while not ended.wait(0.005):
            turns += 1

    spinner = threading.Thread(target=spin)
    spinner.start()
    try:
        work(root)
    finally:
        ended.set()
        spinner.join()

    assert turns > 5
