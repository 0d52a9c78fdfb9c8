"""Two workers, each with a gate of its own, over one table."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core_rs import Table
from tests.contract.signing import Signed
from tests.unit.core_rs.gatehouse import House, forged, gate, limits, open_session

ROOT = Path(__file__).parents[3]
SESSIONS = 10
COPIES = 300

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="shared tables need Linux")


class Worker:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def give(self, requests: Sequence[Signed]) -> None:
        """Hand requests over; the worker waits with them for `start`."""
        told = [
            (one.method, one.target, [(n.decode(), v.decode()) for n, v in one.headers], one.body.decode())
            for one in requests
        ]
        self._say(told)
        assert "ready" == self._hear()

    def start(self) -> None:
        self._say("go")

    def answer(self) -> list[tuple[str, int, int]]:
        return [(code, number, loads) for code, number, loads in self._hear()]

    def _say(self, what: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def _hear(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def offer(self, request: Signed) -> tuple[str, int]:
        """Code and number."""
        return self._one(request)[:2]

    def loads(self, request: Signed) -> int:
        """Records that were loaded once the request was answered."""
        return self._one(request)[2]

    def _one(self, request: Signed) -> tuple[str, int, int]:
        self.give([request])
        self.start()
        return self.answer()[0]


@contextmanager
def working(table: Table) -> Iterator[Worker]:
    assert table.descriptor is not None
    descriptor = os.dup(table.descriptor)
    program = "import runpy; runpy.run_module('tests.unit.core_rs.gate_worker', run_name='__main__')"
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(descriptor), table.epoch],
        pass_fds=[descriptor],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    os.close(descriptor)
    with process:
        try:
            yield Worker(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=20)
    assert 0 == process.returncode


@pytest.fixture
def house() -> House:
    # Its policies are those of the worker too: a table takes one set of them.
    table = Table.create_shared()
    return House(table, gate(limits(table)), open_session(table))


def test_what_one_worker_let_in_the_other_refuses(house: House) -> None:
    with working(house.table) as worker:
        first, second = house.signed(), house.signed()
        assert "admitted" == house.offer(first)[0]
        assert ("replayed", 2) == worker.offer(first)
        assert ("admitted", 2) == worker.offer(second)
        assert ("replayed", 3) == house.ask(second)[::2]
        assert ("not_proven", 0) == worker.offer(forged(house.signed()))


def test_a_session_that_is_opened_here_is_known_there(house: House) -> None:
    with working(house.table) as worker:
        later = open_session(house.table)
        assert ("admitted", 1) == worker.offer(house.signed(1, session=later))


def test_a_revocation_here_is_seen_there_at_the_next_request(house: House) -> None:
    with working(house.table) as worker:
        assert [1, 1] == [worker.loads(house.signed()) for _ in range(2)]
        house.table.revoke()
        assert [2, 2] == [worker.loads(house.signed()) for _ in range(2)]


def test_all_workers_share_the_limits(house: House) -> None:
    with working(house.table) as worker:
        here = house.offer(house.signed())[3].remaining
        worker.offer(house.signed())
        assert here - 2 == house.offer(house.signed())[3].remaining


def test_of_copies_that_come_to_both_at_once_each_is_let_in_once(house: House) -> None:
    sessions = [open_session(house.table) for _ in range(SESSIONS)]
    # Within a session they come in the opposite order from the other side, so that they meet.
    requests = [house.signed(number, session=one) for one in sessions for number in range(1, COPIES + 1)]
    with working(house.table) as worker:
        worker.give(requests)
        worker.start()
        here = [house.offer(one)[0] for one in reversed(requests)]
        there = [code for code, _, _ in worker.answer()]

    assert {("admitted", "replayed"), ("replayed", "admitted")} >= set(zip(reversed(here), there, strict=True))
