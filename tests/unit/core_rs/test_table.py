"""Single use in a table, in the memory of one process and of several."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from core_rs import CoreError, Table, TableRefused, WindowRefused, WindowsFull

SID = bytes(range(16))
ROOT = Path(__file__).parents[3]

linux = pytest.mark.skipif(sys.platform != "linux", reason="shared tables need Linux")


def test_a_number_is_fresh_once_and_a_replay_names_the_next() -> None:
    table = Table.in_process()
    slot = table.open_window(SID, life_seconds=900, tag=5)
    found = table.lookup(SID)
    assert found is not None
    assert found[:2] == (slot, 5)
    assert 961 <= found[2] <= 962
    assert table.accept(slot, 7) == ("fresh", None)
    assert table.accept(slot, 7) == ("replayed", 8)
    assert table.accept(slot, 1_000) == ("fresh", None)
    assert table.accept(slot, 8) == ("too_old", 1_001)
    assert table.accept(slot, 2**20 + 961) == ("too_far", None)
    assert table.accept(slot + 1, 1) == ("gone", None)
    assert table.lookup(bytes(16)) is None


def test_an_id_is_spent_once_until_its_end() -> None:
    table = Table.in_process()
    assert table.spend(b"ticket", table.seconds() + 30) == "accepted"
    assert table.spend(b"ticket", table.seconds() + 30) == "spent"
    assert table.spend(b"other", table.seconds()) == "expired"
    assert table.spend(b"other", table.seconds() + 2**40) == "too_long"


def test_a_spent_set_without_room_refuses() -> None:
    table = Table.in_process(spent=1)
    answers = [table.spend(bytes([number]), table.seconds() + 30) for number in range(40)]
    assert answers.count("accepted") == 8
    assert answers[-1] == "full"


def test_sessions_without_room_and_known_ids_are_refused_with_a_sentence() -> None:
    table = Table.in_process(sessions=8)
    for number in range(8):
        table.open_window(bytes([number]) * 16, life_seconds=900)
    with pytest.raises(WindowsFull, match="the table of sessions is full"):
        table.open_window(SID, life_seconds=900)
    with pytest.raises(WindowRefused, match="there is a session of this id already"):
        table.open_window(bytes(16), life_seconds=900)
    with pytest.raises(WindowRefused, match="must live between 1 and 86400 seconds"):
        table.open_window(SID, life_seconds=0)


def test_a_size_that_cannot_be_is_refused_with_a_sentence() -> None:
    with pytest.raises(TableRefused, match="between 1 and 4194304 sessions, not 0"):
        Table.in_process(sessions=0)
    assert issubclass(TableRefused, CoreError)


def test_a_sid_of_another_length_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="16"):
        Table.in_process().lookup(b"short")


def test_a_table_in_process_memory_has_no_descriptor() -> None:
    assert Table.in_process().descriptor is None


@linux
def test_two_views_of_a_shared_table_are_one_table() -> None:
    made = Table.create_shared()
    assert made.descriptor is not None
    opened = Table.open_shared(made.descriptor, made.epoch)
    slot = made.open_window(SID, life_seconds=900)
    assert opened.accept(slot, 1) == ("fresh", None)
    assert made.accept(slot, 1) == ("replayed", 2)
    assert (made.revoke(), opened.revocations, opened.bytes) == (1, 1, made.bytes)


@linux
def test_a_worker_opens_the_descriptor_that_it_inherits() -> None:
    table = Table.create_shared()
    assert table.descriptor is not None
    slot = table.open_window(SID, life_seconds=900)
    descriptor = os.dup(table.descriptor)
    program = (
        "import sys; from core_rs import Table; "
        "table = Table.open_shared(int(sys.argv[1]), sys.argv[2]); print(table.accept(int(sys.argv[3]), 5)[0])"
    )
    worker = subprocess.run(
        [sys.executable, "-c", program, str(descriptor), table.epoch, str(slot)],
        pass_fds=[descriptor],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    os.close(descriptor)
    assert worker.stdout == "fresh\n"
    assert table.accept(slot, 5) == ("replayed", 6)


FORKING = """
import os
from core_rs import Limits, Policy, Table

table = Table.in_process()
slot = table.open_window(bytes(16), life_seconds=900)
limits = Limits(table, [Policy("address", count=1, seconds=3600, burst=1)])
debit = [(limits.key("address", b"a"), 0)]
child = os.fork()
if child == 0:
    done = (table.accept(slot, 7), table.spend(b"ticket", 3000), limits.check(debit).admitted)
    os._exit(0 if done == (("fresh", None), "accepted", True) else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
print(table.accept(slot, 7), table.spend(b"ticket", 3000), limits.check(debit).admitted)
"""


@linux
def test_a_forked_process_has_the_same_table_and_not_a_copy() -> None:
    forked = subprocess.run([sys.executable, "-c", FORKING], check=True, capture_output=True, text=True, cwd=ROOT)
    assert forked.stdout == "('replayed', 8) spent False\n"


@linux
def test_nobody_can_make_a_shared_table_shorter() -> None:
    table = Table.create_shared()
    assert table.descriptor is not None
    for length in (0, table.bytes - 4096, table.bytes + 4096):
        with pytest.raises(PermissionError):
            os.ftruncate(table.descriptor, length)


@linux
def test_a_foreign_an_unsealed_and_an_older_descriptor_are_refused_with_a_sentence() -> None:
    table = Table.create_shared()
    with Path(__file__).open("rb") as file, pytest.raises(TableRefused, match="not a table of this program"):
        Table.open_shared(file.fileno(), table.epoch)
    unsealed = os.memfd_create("unsealed", os.MFD_ALLOW_SEALING)
    os.ftruncate(unsealed, table.bytes)
    with pytest.raises(TableRefused, match="memory is not sealed"):
        Table.open_shared(unsealed, table.epoch)
    os.close(unsealed)
    older = Table.create_shared()
    assert older.descriptor is not None
    with pytest.raises(TableRefused, match=f"is of epoch {older.epoch}, the supervisor named {table.epoch}"):
        Table.open_shared(older.descriptor, table.epoch)
    with pytest.raises(ValueError, match="sixteen lower-case hex digits"):
        Table.open_shared(older.descriptor, "epoch")


@linux
def test_without_the_memory_a_shared_table_is_refused_with_a_sentence() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        with pytest.raises(TableRefused, match="could not set the length of its memory"):
            Table.create_shared()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
