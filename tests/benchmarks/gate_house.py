"""Gates with sessions that they know, and what a request costs at them."""

import gc
import os
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, cycle
from typing import Any

from core_rs import Gate, Limits, Policy, Table
from tests.benchmarks import python_guard
from tests.contract.signing import Session, sign

BRIDGE_ID, MASTER = bytes(range(16)), bytes(range(32))
POLICIES = ("address", "session", "account", "tenant", "edits")
ADDRESS = "192.0.2.1"
LIFE_SECONDS = 24 * 60 * 60
# Signed beforehand and timed together: few enough to be as warm as a request that was just received.
BATCH = 256
BATCHES_A_BLOCK = 4
# No request of a benchmark is over a limit; all of them are charged to each.
COUNT, SECONDS, BURST = 2_000, 1, 1_000_000_000


@dataclass(slots=True)
class House:
    """A gate, or a guard like one, and a turn for each session in an order far from any order of memory."""

    gate: Any
    demand: Any
    sessions: Sequence[Session]
    turns: Iterator[Session]
    numbers: Iterator[int]

    @classmethod
    def of(cls, gate: Any, demand: Any, sessions: Sequence[Session]) -> "House":
        shuffled = random.Random(7).sample(sessions, len(sessions))  # noqa: S311  # an order, not a secret
        house = cls(gate, demand, sessions, cycle(shuffled), count(2))
        house.know()
        return house

    def know(self) -> None:
        """Offer a first request of each session, and load its record."""
        for session in self.sessions:
            request = sign(session.use("request"), session.key_id, number=1, created=int(time.time()))
            arguments = (self.demand, ADDRESS, request.method, request.target, request.headers, request.body)
            code, waiting, _, _ = self.gate.admit(*arguments)
            expect("need_record", code)
            proven = self.gate.put_record(waiting, "device", account=session.random, tenant=b"t", scopes=1)
            expect("admitted", self.gate.admit_body(proven, request.body)[0])

    def nanoseconds(self, body: bytes) -> float:
        """What a request with this body costs: the quickest of a few batches."""
        return min(self._batch(body) for _ in range(BATCHES_A_BLOCK))

    def _batch(self, body: bytes) -> float:
        created = int(time.time())
        batch = []
        for session, number, _ in zip(self.turns, self.numbers, range(BATCH), strict=False):
            one = sign(session.use("request"), session.key_id, number=number, created=created, body=body)
            batch.append((one.method, one.target, one.headers))
        admit, demand, codes = self.gate.admit, self.demand, []
        gc.disable()
        begin = time.perf_counter_ns()
        for method, target, headers in batch:
            codes.append(admit(demand, ADDRESS, method, target, headers, body)[0])
        taken = time.perf_counter_ns() - begin
        gc.enable()
        expect({"admitted"}, set(codes))
        return taken / len(batch)


def expect(expected: object, found: object) -> None:
    if expected != found:
        raise AssertionError(f"{found} instead of {expected}: what is measured is not what it should be")


def sessions(number: int, epoch: str) -> list[Session]:
    return [Session(MASTER, BRIDGE_ID, 1, 0, os.urandom(16), epoch) for _ in range(number)]


def in_rust(number: int, *, shared: bool = False) -> House:
    """A gate with so many sessions, all of them remembered."""
    make = Table.create_shared if shared else Table.in_process
    table = make(sessions=max(1_024, number), limits=max(8_192, 4 * number))
    opened = sessions(number, table.epoch)
    for session in opened:
        table.open_window(session.random, life_seconds=LIFE_SECONDS)
    limits = Limits(table, [Policy(name, count=COUNT, seconds=SECONDS, burst=BURST) for name in POLICIES])
    gate: Gate[str] = Gate(
        limits,
        bridge_id=BRIDGE_ID,
        masters={1: MASTER},
        address="address",
        session="session",
        account="account",
        tenant="tenant",
        remembered=number,
    )
    return House.of(gate, gate.demand("edits", scopes=1), opened)


def in_python(number: int) -> House:
    opened = sessions(number, "00000000000000ab")
    policies = {name: python_guard.Policy.of(name, count=COUNT, seconds=SECONDS, burst=BURST) for name in POLICIES}
    guard = python_guard.Guard(BRIDGE_ID, {1: MASTER}, "00000000000000ab", policies, nobody=os.urandom(32))
    for session in opened:
        guard.open_window(session.sid, LIFE_SECONDS)
    return House.of(guard, python_guard.Demand("edits", 1), opened)
