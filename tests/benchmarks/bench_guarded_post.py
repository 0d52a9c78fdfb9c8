"""What it costs a POST of a kilobyte to be signed: the same handler for sessions and for everybody, in turn."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from tests.benchmarks import ceiling, http_load, pairs
from tests.benchmarks.bench_json_route import BODY
from tests.benchmarks.ceiling import Plan, Signing
from tests.benchmarks.figure import Figure
from tests.benchmarks.json_server import KEPT_TOTAL, SIGNED_KEPT_TOTAL, SIGNED_TOTAL, TOTAL
from tests.contract.signing import Session

# Few at a time, so that the two sides of a pair meet the same machine, and many pairs.
REQUESTS = 2_000
PAIRS_EACH = 4
SECONDS_MOST = 60
# A unit of the database that waits too long on a busy machine is refused, and no reason to measure nothing.
LEAST_ANSWERED = 0.999
# As a proxy says that it was asked over https, where answers need no proof.
BY_HTTPS = ("X-Forwarded-Proto", "https")
BY_HTTP = ("X-Forwarded-Proto", "http_")


@dataclass(slots=True)
class Server:
    pid: int
    port: int
    session: Signing = field(repr=False)

    def cost(self, path: str, signed_for: str, said: tuple[str, str]) -> float:
        """Return the processor time of a request; what stands in its head is the same for each path."""
        at = f"127.0.0.1:{self.port}"
        plan = Plan(at, at, "POST", path, BODY.decode(), (self.session,), signed_for, (said,))
        before = http_load.cpu_seconds(self.pid)
        told = ceiling.run(plan, seconds=SECONDS_MOST, connections=http_load.CONNECTIONS, count=REQUESTS)
        spent = http_load.cpu_seconds(self.pid) - before
        self.session = replace(self.session, next_number=self.session.next_number + REQUESTS)
        if told.requests < REQUESTS * LEAST_ANSWERED:
            raise RuntimeError(f"{told.requests} of {REQUESTS} were let in; the others: {told.errors}")
        return spent / REQUESTS


def measure(count: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        plain = lambda: server.cost(TOTAL.path, SIGNED_TOTAL, BY_HTTPS)  # noqa: E731
        kept = lambda: server.cost(KEPT_TOTAL.path, SIGNED_KEPT_TOTAL, BY_HTTPS)  # noqa: E731
        guarded = _compared(plain, lambda: server.cost(SIGNED_TOTAL, SIGNED_TOTAL, BY_HTTPS), count)
        proven = _compared(plain, lambda: server.cost(SIGNED_TOTAL, SIGNED_TOTAL, BY_HTTP), count)
        claimed = _compared(kept, lambda: server.cost(SIGNED_KEPT_TOTAL, SIGNED_KEPT_TOTAL, BY_HTTPS), count)
    what = f"a signed POST of {len(BODY):,} bytes"
    return [
        Figure(
            f"{what} that is let in, against the same request that nobody checks", guarded[0], ">= 0.85", guarded[1]
        ),
        Figure("the same with a proof of the answer, as over plain http", proven[0], "", proven[1]),
        Figure(
            f"{what} with its claim, against the same claim of a request that nobody checks", claimed[0], "", claimed[1]
        ),
    ]


def _compared(plain: Callable[[], float], guarded: Callable[[], float], count: int) -> tuple[str, str]:
    ratio = pairs.ratio(plain, guarded, pairs=PAIRS_EACH * count)
    note = (
        f"requests a second of CPU, the same head sent to both by the native generator, {http_load.CONNECTIONS}"
        f" connections, log line on; {ratio.a_median * 1e6:.1f} us against {ratio.b_median * 1e6:.1f} us"
    )
    return str(ratio), note


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.benchmarks.json_server", "signed", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        parts: list[Any] = orjson.loads(process.stdout.readline())
        master, bridge_id, version, shard, random, epoch = parts
        session = Session(bytes.fromhex(master), bytes.fromhex(bridge_id), version, shard, bytes.fromhex(random), epoch)
        port = int(process.stdout.readline())
        yield Server(process.pid, port, Signing(session.key_id, session.key.hex()))
    finally:
        process.terminate()
        process.wait()
