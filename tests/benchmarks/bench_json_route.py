"""What the whole application costs a JSON route: requests a second of CPU, against those of a bare aiohttp handler."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from tests.benchmarks import http_load, pairs
from tests.benchmarks.figure import Figure

REQUESTS = 4_000
WARM_UP = 1_000
BODY = orjson.dumps(
    {"items": [{"id": f"item-{number:04}", "amount": number, "note": "n" * 20} for number in range(16)]}
)


@dataclass(frozen=True, slots=True)
class Server:
    pid: int
    port: int

    def get(self) -> bytes:
        return f"GET /api/v1/about HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept: */*\r\n\r\n".encode()

    def post(self) -> bytes:
        head = f"POST /api/v1/total HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: application/json\r\n"
        return f"{head}Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY


def measure(count: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        bare = stack.enter_context(running("bare", Path(folder)))
        ours = stack.enter_context(running("ours", Path(folder)))
        get = _compared(bare, ours, Server.get, count)
        post = _compared(bare, ours, Server.post, count)
    return [
        Figure(
            "a JSON route through the whole application, against a bare aiohttp handler", *get[:1], ">= 0.70", get[1]
        ),
        Figure(f"the same with a JSON body of {len(BODY):,} bytes, read strictly", *post[:1], "", post[1]),
    ]


def _compared(bare: Server, ours: Server, request: Callable[[Server], bytes], count: int) -> tuple[str, str]:
    rates: dict[int, list[float]] = {bare.pid: [], ours.pid: []}

    def cost(server: Server) -> float:
        before = http_load.cpu_seconds(server.pid)
        rates[server.pid].append(REQUESTS / http_load.run(server.port, request(server), REQUESTS))
        return (http_load.cpu_seconds(server.pid) - before) / REQUESTS

    for server in (bare, ours):
        http_load.run(server.port, request(server), WARM_UP)
    ratio = pairs.ratio(lambda: cost(bare), lambda: cost(ours), pairs=count)
    quickest = {pid: sorted(found)[len(found) // 2] for pid, found in rates.items()}
    note = (
        f"requests per CPU second, uvloop on both, {http_load.CONNECTIONS} connections, no guard, its log line on;"
        f" {ratio.b_median * 1e6:.1f} us CPU and {quickest[ours.pid]:,.0f} requests/s"
        f" against {ratio.a_median * 1e6:.1f} us and {quickest[bare.pid]:,.0f}"
    )
    return str(ratio), note


@contextmanager
def running(kind: str, folder: Path, *more: str) -> Iterator[Server]:
    command = [sys.executable, "-P", "-m", "tests.benchmarks.json_server", kind, str(folder), *more]
    root = Path(__file__).parents[2]
    with (folder / f"{kind}.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd=root)
        assert process.stdout is not None
        assert process.stdin is not None
        with process:
            port = process.stdout.readline()
            if not port:
                raise RuntimeError((folder / f"{kind}.log").read_text(encoding="utf-8"))
            try:
                yield Server(process.pid, int(port))
            finally:
                process.stdin.close()
                process.wait(10)
