"""What it costs a request to be asked who sends it: cookie, look-up in a warm cache, permission."""

import tempfile
from pathlib import Path

from tests.benchmarks import http_load, pairs
from tests.benchmarks.bench_json_route import REQUESTS, WARM_UP, Server, running
from tests.benchmarks.figure import Figure
from tests.benchmarks.json_server import GUARDED, TEACHER, UNGUARDED
from tests.ledger.people import SCHOOL


def measure(count: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, running("guarded", Path(folder)) as server:
        plain = _request(server, UNGUARDED, {})
        by_cookie = _compared(server, _request(server, GUARDED, TEACHER.cookie), plain, count)
        by_bearer = _compared(server, _request(server, GUARDED, TEACHER.authorization), plain, count)
    return [
        Figure("a route that asks who sends it, by cookie, against the same route for everybody", *by_cookie),
        Figure("the same by the bearer of a program", *by_bearer),
    ]


def _request(server: Server, path: str, credential: dict[str, str]) -> bytes:
    head = {"Host": f"127.0.0.1:{server.port}", "Accept": "*/*", **credential}
    lines = (f"GET {path.format(tenant_id=SCHOOL)} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()))
    return "\r\n".join((*lines, "", "")).encode()


def _compared(server: Server, guarded: bytes, plain: bytes, count: int) -> tuple[str, str, str]:
    def cost(request: bytes) -> float:
        before = http_load.cpu_seconds(server.pid)
        http_load.run(server.port, request, REQUESTS)
        return (http_load.cpu_seconds(server.pid) - before) / REQUESTS

    for request in (guarded, plain):
        http_load.run(server.port, request, WARM_UP)
    ratio = pairs.ratio(lambda: cost(guarded), lambda: cost(plain), pairs=count)
    note = (
        f"CPU time a request, warm cache of rights, {http_load.CONNECTIONS} connections, log line on;"
        f" {ratio.a_median * 1e6:.1f} us against {ratio.b_median * 1e6:.1f} us, the longer head of the request included"
    )
    return str(ratio), "<= 1.15", note
