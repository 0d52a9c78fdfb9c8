"""Whether a second worker costs the first one anything: signed requests over one table, by one worker and by two."""

import http.client
import json
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks import ceiling, http_load, pairs
from tests.benchmarks.ceiling import Plan, Signing
from tests.benchmarks.figure import Figure
from tests.contract.signing import Session
from tests.integration.serve.bridge_process import BridgeProcess, of_workers
from tests.integration.serve.signed_app import OPEN, WHO
from tests.servers.valkey import running_valkey

MODULE = "tests.integration.serve.signed_app"
SESSIONS = 16
REQUESTS = 8_000
GENERATORS = 4
# At a rate that each of them can hold: where all cores are busy, it is the cores that are measured.
A_WORKER = 3_000
SECONDS_MOST = 60
# Of what the workers spend together: below it one of them was idle, and nothing was measured.
LEAST_SHARE = 0.1
TRIES = 10
# The cores' own loss where both are busy is in either side of the second figure.
AS_MANY_AS_THEY_CAN = None


@dataclass(slots=True)
class Crew:
    port: int
    pids: list[int]
    sessions: tuple[Signing, ...] = field(repr=False)

    def cost(self, a_second: float | None = A_WORKER) -> float:
        """Return the processor time of a request, of all workers together, at so many a second for each."""
        for _ in range(TRIES):
            spent = self._spent(a_second)
            if min(spent) >= LEAST_SHARE * sum(spent):
                return sum(spent) / REQUESTS
        raise RuntimeError(f"one worker had next to nothing to do: {spent}")

    def _spent(self, a_second: float | None) -> list[float]:
        """Send by several generators: who opens all connections at once has them all at one worker."""
        before = [http_load.cpu_seconds(pid) for pid in self.pids]
        with ThreadPoolExecutor(GENERATORS) as threads:
            list(threads.map(partial(self._send, a_second), range(GENERATORS)))
        # How many each of them sent is the generator's affair; none sent more than there were.
        self.sessions = tuple(replace(each, next_number=each.next_number + REQUESTS) for each in self.sessions)
        return [http_load.cpu_seconds(pid) - began for pid, began in zip(self.pids, before, strict=True)]

    def _send(self, a_second: float | None, generator: int) -> None:
        at, count = f"127.0.0.1:{self.port}", REQUESTS // GENERATORS
        plan = Plan(at, at, "POST", WHO, sessions=self.sessions[generator::GENERATORS])
        # As many for each worker, and as often: with fewer at once each turn of its loop costs more.
        connections = http_load.CONNECTIONS * len(self.pids) // GENERATORS
        told = ceiling.run(
            plan,
            seconds=SECONDS_MOST,
            connections=connections,
            count=count,
            a_second=a_second and a_second * len(self.pids) / GENERATORS,
        )
        if told.errors or told.requests != count:
            raise RuntimeError(f"{told.requests} of {count} were let in; the others: {told.errors}")


def measure(count: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = stack.enter_context(running_valkey())
        two = _crew(stack, Path(folder) / "two", 2, url)
        one = _crew(stack, Path(folder) / "one", 1, url)
        other = _crew(stack, Path(folder) / "other", 1, url)
        held = pairs.ratio(two.cost, one.cost, pairs=count)
        full = pairs.ratio(lambda: two.cost(AS_MANY_AS_THEY_CAN), lambda: _side_by_side(one, other), pairs=count)
    what = "CPU time of a signed POST, of all workers together"
    return [
        Figure(
            "a signed request at two workers, against one at one worker",
            f"{held}x",
            "<= 1.10x",
            f"{what}, {A_WORKER:,} requests a second and {http_load.CONNECTIONS} connections for each, {SESSIONS}"
            f" sessions; {held.a_median * 1e6:.1f} us against {held.b_median * 1e6:.1f} us",
        ),
        Figure(
            "the same where both cores are full, against two bridges of one worker that share nothing",
            f"{full}x",
            "<= 1.10x",
            f"{what}, as many as they can; {full.a_median * 1e6:.1f} us against {full.b_median * 1e6:.1f} us",
        ),
    ]


def _side_by_side(*crews: Crew) -> float:
    """Return the processor time of a request where each bridge is as busy as it can be."""
    with ThreadPoolExecutor(len(crews)) as threads:
        costs = list(threads.map(partial(Crew.cost, a_second=AS_MANY_AS_THEY_CAN), crews))
    return sum(costs) / len(costs)


def _crew(stack: ExitStack, data_dir: Path, workers: int, url: str) -> Crew:
    bridge = stack.enter_context(BridgeProcess(data_dir, module=MODULE, settings=of_workers(workers, url)).start())
    stack.callback(bridge.stop_quietly)
    pids = bridge.wait_for_workers(other_than=[])
    _post(bridge.port, "/test/seed")
    return Crew(bridge.port, pids, tuple(_opened(bridge.port) for _ in range(SESSIONS)))


def _opened(port: int) -> Signing:
    told = _post(port, OPEN)
    parts = {name: bytes.fromhex(told[name]) for name in ("master", "bridge_id", "random")}
    session = Session(**(told | parts))
    return Signing(session.key_id, session.key.hex())


def _post(port: int, path: str) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS_MOST)
    try:
        connection.request("POST", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(body.decode())
        return json.loads(body)
    finally:
        connection.close()
