"""The guarded POST of a kilobyte against two well-known servers with the same checks in plain Python."""

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tests.benchmarks import ceiling, http_load, pairs
from tests.benchmarks.bench_guarded_post import BY_HTTPS, REQUESTS, SECONDS_MOST, Server, running
from tests.benchmarks.bench_json_route import BODY
from tests.benchmarks.ceiling import Plan
from tests.benchmarks.figure import Figure
from tests.benchmarks.json_server import SIGNED_TOTAL
from tests.benchmarks.peers import running as peers
from tests.benchmarks.peers.environment import NotInstalled
from tests.benchmarks.peers.running import FASTAPI, FLASK, Peer

ROWS = (
    (FASTAPI, "FastAPI on uvicorn with uvloop and httptools", ">= 2.5x"),
    (FLASK, "Flask on gunicorn with threads", ">= 4x"),
)


def measure(count: int) -> list[Figure]:
    return [_row(name, what, bar, count) for name, what, bar in ROWS]


def _row(name: str, what: str, bar: str, count: int) -> Figure:
    title = f"a signed POST of {len(BODY):,} bytes, against the same checks in {what}"
    with tempfile.TemporaryDirectory() as made, ExitStack() as stack:
        folder = Path(made)
        ours = stack.enter_context(running(folder))
        session = ours.session
        try:
            peer = stack.enter_context(peers.running(name, folder, {session.key_id: session.key}))
        except NotInstalled as missing:
            return Figure(title, "not measured", bar, str(missing))
        theirs = _Theirs(peer, ours)
        ratio = pairs.ratio(theirs.cost, lambda: ours.cost(SIGNED_TOTAL, SIGNED_TOTAL, BY_HTTPS), pairs=count)
    note = (
        f"requests a second of CPU, one worker each, {http_load.CONNECTIONS} connections, the native generator,"
        f" our log line on and theirs off; {ratio.b_median * 1e6:.1f} us against {ratio.a_median * 1e6:.1f} us"
    )
    return Figure(title, f"{ratio}x", bar, note)


class _Theirs:
    def __init__(self, peer: Peer, ours: Server) -> None:
        self._peer = peer
        self._session = ours.session

    def cost(self) -> float:
        at = f"127.0.0.1:{self._peer.port}"
        plan = Plan(at, at, "POST", SIGNED_TOTAL, BODY.decode(), (self._session,), headers=(BY_HTTPS,))
        before = self._peer.cpu_seconds()
        told = ceiling.run(plan, seconds=SECONDS_MOST, connections=http_load.CONNECTIONS, count=REQUESTS)
        spent = self._peer.cpu_seconds() - before
        self._session = replace(self._session, next_number=self._session.next_number + REQUESTS)
        if told.errors or told.requests != REQUESTS:
            raise RuntimeError(f"{told.requests} of {REQUESTS} were let in; the others: {told.errors}")
        return spent / REQUESTS
