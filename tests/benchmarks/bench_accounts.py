"""What a domain of a tenant costs: lists that grow, and reads by id, on both databases."""

import http.client
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from tests.benchmarks import http_load, pairs
from tests.benchmarks.bench_json_route import REQUESTS, WARM_UP, Server, running
from tests.benchmarks.figure import Figure
from tests.benchmarks.json_server import DISTRICTS, FEW, MANY, OPERATOR
from tests.servers.databases import PostgresDatabases
from tests.servers.postgres import running_postgres

PAGES = 200
PAGE_ROWS = 50


def measure(count: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, running("schools", Path(folder)) as server:
        on_sqlite = [_lists(server, "SQLite", count), _reads(server, "SQLite", ">= 0.20", count)]
    with (
        tempfile.TemporaryDirectory() as folder,
        _postgres() as url,
        running("schools", Path(folder), url) as server,
    ):
        on_postgresql = [_lists(server, "PostgreSQL", count), _reads(server, "PostgreSQL", ">= 0.12", count)]
    return [*on_sqlite, *on_postgresql]


@contextmanager
def _postgres() -> Iterator[str]:
    with running_postgres() as server:
        yield PostgresDatabases(server.url()).migrated()


def _lists(server: Server, kind: str, count: int) -> Figure:
    """The 95th percentile of pages at random places of a long list, against those of a short one."""
    chance = random.Random(7)  # noqa: S311 - places in a list
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)

    def page(district: str, cursor: str) -> str | None:
        target = f"/api/v1/tenants/{district}/schools?limit={PAGE_ROWS}{cursor and f'&cursor={cursor}'}"
        connection.request("GET", target, headers={"Host": f"127.0.0.1:{server.port}", **OPERATOR.authorization})
        answer = connection.getresponse()
        assert answer.status == 200
        found: str | None = orjson.loads(answer.read())["next"]
        return found

    cursors = {district: _cursors(page, district) for district in DISTRICTS}

    def slow(district: str) -> float:
        times = []
        for _ in range(PAGES):
            cursor = chance.choice(cursors[district])
            start = time.perf_counter()
            page(district, cursor)
            times.append(time.perf_counter() - start)
        return sorted(times)[PAGES * 95 // 100]

    ratio = pairs.ratio(lambda: slow(MANY), lambda: slow(FEW), pairs=count)
    connection.close()
    note = (
        f"p95 of {PAGES} pages of {PAGE_ROWS} at random places, one connection;"
        f" {ratio.a_median * 1e3:.2f} ms against {ratio.b_median * 1e3:.2f} ms"
    )
    return Figure(f"a list of 100,000 rows against one of 1,000, {kind}", str(ratio), "<= 2", note)


def _cursors(page: Callable[[str, str], str | None], district: str) -> list[str]:
    """Walk the list, and keep the cursors of some of its pages."""
    kept, cursor = [""], page(district, "")
    while cursor is not None:
        kept.append(cursor)
        cursor = page(district, cursor)
    return kept


def _reads(server: Server, kind: str, bar: str, count: int) -> Figure:
    head = {"Host": f"127.0.0.1:{server.port}", "Accept": "*/*", **OPERATOR.authorization}
    lines = (f"GET /api/v1/tenants/{MANY} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()))
    read = "\r\n".join((*lines, "", "")).encode()

    def seconds(request: bytes) -> float:
        return http_load.run(server.port, request, REQUESTS)

    for request in (read, server.get()):
        http_load.run(server.port, request, WARM_UP)
    ratio = pairs.ratio(lambda: seconds(server.get()), lambda: seconds(read), pairs=count)
    note = (
        f"requests a second, {http_load.CONNECTIONS} connections, one worker, who asks and may is checked, log line on;"
        f" {REQUESTS / ratio.b_median:,.0f} against {REQUESTS / ratio.a_median:,.0f}"
    )
    return Figure(f"a tenant read by its id, against the application's hello, {kind}", str(ratio), bar, note)
