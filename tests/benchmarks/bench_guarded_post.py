"""What it costs a POST of a kilobyte to be signed: the same handler for sessions and for everybody, in turn."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from tests.benchmarks import http_load, pairs
from tests.benchmarks.bench_json_route import BODY
from tests.benchmarks.figure import Figure
from tests.benchmarks.json_server import KEPT_TOTAL, SIGNED_KEPT_TOTAL, SIGNED_TOTAL, TOTAL
from tests.contract.signing import Session
from tests.integration.gate.signer import Signer, written

# Few at a time, so that the two sides of a pair meet the same machine, and many pairs.
REQUESTS = 1_000
PAIRS_EACH = 4
WARM_UP = 1_000
# As a proxy says that it was asked over https, where answers need no proof.
BY_HTTPS = ("X-Forwarded-Proto: https",)
BY_HTTP = ("X-Forwarded-Proto: http_",)


@dataclass(slots=True)
class Server:
    pid: int
    port: int
    signer: Signer = field(repr=False)

    def cost(self, path: str, signed_for: str, said: tuple[str, ...]) -> float:
        """Return the processor time of a request; what stands in its head is the same for each path."""
        requests = [written(self.signer.sign("POST", signed_for, BODY), add=said) for _ in range(REQUESTS)]
        if path != signed_for:
            requests = [each.replace(f"POST {signed_for} ".encode(), f"POST {path} ".encode()) for each in requests]
        before = http_load.cpu_seconds(self.pid)
        http_load.run_each(self.port, requests, REQUESTS)
        return (http_load.cpu_seconds(self.pid) - before) / REQUESTS


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
        Figure(f"{what} with its claim, against the same claim of a request that nobody checks", *_with_bar(claimed)),
    ]


def _with_bar(found: tuple[str, str]) -> tuple[str, str, str]:
    return found[0], "", found[1]


def _compared(plain: Callable[[], float], guarded: Callable[[], float], count: int) -> tuple[str, str]:
    ratio = pairs.ratio(plain, guarded, pairs=PAIRS_EACH * count)
    note = (
        f"requests a second of CPU, the same head sent to both, {http_load.CONNECTIONS} connections, log line on;"
        f" {ratio.a_median * 1e6:.1f} us against {ratio.b_median * 1e6:.1f} us"
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
        server = Server(process.pid, port, Signer(session, port))
        _warm_up(server)
        yield server
    finally:
        process.terminate()
        process.wait()


def _warm_up(server: Server) -> None:
    first = [written(server.signer.sign("POST", SIGNED_TOTAL, BODY, created=int(time.time()))) for _ in range(WARM_UP)]
    http_load.run_each(server.port, first, WARM_UP)
