"""What was erased, outside of the database."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.compliance.ledger import Entry, Ledger, LedgerDamaged
from backend.db.file_lock import FileLock
from backend.errors import FilesError

KEY = bytes(32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "erasures.jsonl"


def filled(path: Path, count: int = 3) -> Ledger:
    ledger = Ledger(path, KEY)
    for number in range(count):
        ledger.add(Entry(f"e{number}", "begun", number, None, f"s{number}", "request"))
    return ledger


def test_what_was_written_is_read_in_its_order(path: Path) -> None:
    assert ["s0", "s1", "s2"] == [entry.subject_id for entry in filled(path).entries()]


def test_there_is_nothing_before_the_first(path: Path) -> None:
    assert () == Ledger(path, KEY).entries()


def test_it_is_its_owners_alone(path: Path) -> None:
    filled(path)

    assert 0o600 == path.stat().st_mode & 0o777


@pytest.mark.parametrize("line", [0, 1, 2])
def test_a_line_that_was_changed_is_named(path: Path, line: int) -> None:
    ledger = filled(path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[line] = lines[line].replace(b'"request"', b'"retention"')
    path.write_bytes(b"".join(lines))

    with pytest.raises(LedgerDamaged, match=f"Line {line + 1} "):
        ledger.entries()


@pytest.mark.parametrize("gone", [0, 1])
def test_a_line_that_is_gone_is_seen_by_the_next(path: Path, gone: int) -> None:
    ledger = filled(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:gone] + lines[gone + 1 :]))

    with pytest.raises(LedgerDamaged, match=f"Line {gone + 1} "):
        ledger.entries()


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b"null", b'"None"'),
        (b'"at":0', b'"at":"0"'),
        (b'"rows":0', b'"rows":false'),
        (b'"rows":0', b'"rows": 0'),
        (b'"s0"', b'"\\ud800"'),
        (b'"s0"', b'"\\u0073\\u0030"'),
        (b"\n", b"\r\n"),
    ],
)
def test_an_edit_that_looks_the_same_is_seen(path: Path, written: bytes, instead: bytes) -> None:
    ledger = filled(path)
    path.write_bytes(path.read_bytes().replace(written, instead, 1))

    with pytest.raises(LedgerDamaged, match="Line 1 "):
        ledger.entries()


def test_two_commands_that_write_in_turn_follow_each_other(path: Path) -> None:
    one, other = Ledger(path, KEY), Ledger(path, KEY)
    for number, ledger in enumerate((one, other, one, one, other)):
        ledger.add(Entry(f"e{number}", "begun", number, None, f"s{number}", "request"))

    assert [0, 1, 2, 3, 4] == [entry.at for entry in one.entries()]


def test_commands_that_write_at_once_leave_a_whole_chain(path: Path) -> None:
    def add(name: str) -> None:
        ledger = Ledger(path, KEY, wait_seconds=60)
        for number in range(10):
            ledger.add(Entry(name, "step", number, None, "s", "request"))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(add, "abcd"))

    assert sorted((name, number) for name in "abcd" for number in range(10)) == sorted(
        (entry.erasure, entry.at) for entry in Ledger(path, KEY).entries()
    )


def test_one_that_another_command_holds_is_not_written(path: Path) -> None:
    filled(path, 1)
    lock = FileLock(path.with_name("erasures.jsonl.lock"))
    assert lock.try_acquire()

    with pytest.raises(FilesError, match="Another command"):
        Ledger(path, KEY, wait_seconds=0).add(Entry("e9", "begun", 9, None, "s9", "request"))
    lock.release()

    assert ["s0"] == [entry.subject_id for entry in Ledger(path, KEY).entries()]


@pytest.mark.parametrize("line", [b"{}\n", b"[]\n", b"no json\n", b"\n", b"[" * 100_000 + b"\n"])
def test_what_is_no_entry_is_refused(path: Path, line: bytes) -> None:
    ledger = filled(path)
    path.write_bytes(path.read_bytes() + line)

    with pytest.raises(LedgerDamaged, match="Line 4 "):
        ledger.entries()


def test_another_key_reads_nothing(path: Path) -> None:
    filled(path)

    with pytest.raises(LedgerDamaged):
        Ledger(path, bytes(31) + b"x").entries()


@pytest.mark.parametrize("kept", range(1, 40, 7))
def test_a_torn_last_line_never_happened_and_the_next_follows_the_whole_ones(path: Path, kept: int) -> None:
    ledger = filled(path, 2)
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    path.write_bytes(whole[: first + kept])

    assert ["s0"] == [entry.subject_id for entry in ledger.entries()]
    assert ledger.read().is_torn
    ledger.add(Entry("e9", "begun", 9, None, "s9", "request"))
    assert ["s0", "s9"] == [entry.subject_id for entry in ledger.entries()]
    assert not ledger.read().is_torn


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FilesError, match="cannot be written"):
        filled(tmp_path / "gone" / "erasures.jsonl")
