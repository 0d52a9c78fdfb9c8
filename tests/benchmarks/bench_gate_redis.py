"""What a signed request costs a worker whose single use is kept on a Redis server, against the table of one host."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path

from tests.benchmarks import http_load, pairs
from tests.benchmarks.figure import Figure
from tests.benchmarks.signed_server import PATH
from tests.contract.signing import sign
from tests.integration.gate.signer import written
from tests.servers.valkey import running_valkey

REQUESTS = 4_000
WARM_UP = 500


@dataclass(frozen=True, slots=True)
class Server:
    pid: int
    port: int
    sessions: tuple[tuple[bytes, str], ...]
    numbers: Iterator[int]

    def requests(self, many: int) -> list[bytes]:
        """Sign so many beforehand: each session in turn, no number twice."""
        made = []
        now = int(time.time())
        for (key, key_id), _ in zip(cycle(self.sessions), range(many), strict=False):
            number = next(self.numbers)
            host = f"127.0.0.1:{self.port}"
            request = sign(
                key,
                key_id,
                number=number,
                created=now,
                method="GET",
                target=PATH,
                host=host,
                body=b"",
                idempotency_key=None,
            )
            made.append(written(request))
        return made

    def cost(self, many: int = REQUESTS) -> float:
        """Return the worker's CPU seconds for a request."""
        made = self.requests(many)
        before = http_load.cpu_seconds(self.pid)
        http_load.run_each(self.port, iter(made), many)
        return (http_load.cpu_seconds(self.pid) - before) / many


@contextmanager
def running(folder: Path, *url: str) -> Iterator[Server]:
    folder.mkdir()
    command = [sys.executable, "-P", "-m", "tests.benchmarks.signed_server", str(folder), *url]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd=Path(__file__).parents[2]
        )
        assert process.stdout is not None
        assert process.stdin is not None
        with process:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError((folder / "log").read_text(encoding="utf-8"))
            told = json.loads(line)
            sessions = tuple((bytes.fromhex(each["key"]), each["key_id"]) for each in told["sessions"])
            try:
                yield Server(process.pid, told["port"], sessions, count(1))
            finally:
                process.stdin.close()
                process.wait(10)


def measure(times: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        url = stack.enter_context(running_valkey())
        core = stack.enter_context(running(Path(folder) / "core"))
        redis = stack.enter_context(running(Path(folder) / "redis", url))
        for each in (core, redis):
            each.cost(WARM_UP)
        ratio = pairs.ratio(core.cost, redis.cost, pairs=times)
    note = (
        f"signed requests per CPU second of the worker, whole HTTP request, {http_load.CONNECTIONS} connections, a real"
        f" Valkey on this machine; {ratio.b_median * 1e6:.1f} us against {ratio.a_median * 1e6:.1f} us"
    )
    return [Figure("signed requests over a Redis server, against the table of one host", str(ratio), ">= 0.70", note)]
