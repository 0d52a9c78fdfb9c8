"""What two hundred people who sign in at once do to everybody else, and to the memory of the machine."""

import asyncio
import http.client
import tempfile
import threading
import time
from collections import Counter
from itertools import count as counting
from pathlib import Path
from statistics import median

import orjson
from aiohttp import ClientSession, TCPConnector

from backend.accounts.signin.hash_queue import AT_ONCE
from backend.accounts.signin.hashing import USUAL
from tests.benchmarks import pairs
from tests.benchmarks.bench_json_route import Server, running
from tests.benchmarks.figure import Figure

PEOPLE = 200
QUIET_REQUESTS = 150
PAUSE_SECONDS = 0.002
_numbers = counting(1)


def measure(count: int) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder, running("signin", Path(folder)) as server:
        memory_before = _memory_mib(server.pid, "VmRSS")
        statuses: Counter[int] = Counter()
        alone_and_storm = pairs.ratio(lambda: _storm(server, statuses), lambda: _alone(server), pairs=count)
        grown = _memory_mib(server.pid, "VmHWM") - memory_before
    told = ", ".join(
        f"{share / sum(statuses.values()):.0%} were answered {status}" for status, share in statuses.most_common()
    )
    note = (
        f"{PEOPLE} strangers at once from as many networks, {told}; the other route is GET /api/v1/about,"
        f" asked one by one: {alone_and_storm.a_median * 1e3:.2f} ms against {alone_and_storm.b_median * 1e3:.2f} ms"
    )
    allowed = AT_ONCE * USUAL.memory_kib / 1024
    return [
        Figure("other routes' median while 200 sign in, against without", str(alone_and_storm), "<= 2", note),
        Figure(
            "memory that the worker took more at its most",
            f"{grown:.0f} MiB",
            "bounded",
            f"{AT_ONCE} hashes at once of {USUAL.memory_kib // 1024} MiB are {allowed:.0f} MiB",
        ),
    ]


def _alone(server: Server) -> float:
    done = threading.Event()
    times: list[float] = []
    _ask_until(server, done, times, at_most=QUIET_REQUESTS)
    return median(times)


def _storm(server: Server, statuses: Counter[int]) -> float:
    done, times = threading.Event(), list[float]()
    asking = threading.Thread(target=_ask_until, args=(server, done, times))
    asking.start()
    try:
        statuses.update(asyncio.run(_sign_in_at_once(server)))
    finally:
        done.set()
        asking.join()
    return median(times)


def _ask_until(server: Server, done: threading.Event, times: list[float], *, at_most: int | None = None) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    while not done.is_set() and len(times) != at_most:
        start = time.perf_counter()
        connection.request("GET", "/api/v1/about", headers={"Host": f"127.0.0.1:{server.port}"})
        assert connection.getresponse().read()
        times.append(time.perf_counter() - start)
        time.sleep(PAUSE_SECONDS)
    connection.close()


async def _sign_in_at_once(server: Server) -> list[int]:
    async with ClientSession(f"http://127.0.0.1:{server.port}", connector=TCPConnector(limit=0)) as client:

        async def sign_in() -> int:
            number = next(_numbers)
            body = {"email": f"nobody-{number}@school.example", "password": "some words that are not right"}
            # Each from a network of its own, told by the proxy in front.
            headers = {
                "X-Forwarded-For": f"10.{number >> 8 & 255}.{number & 255}.1",
                "Content-Type": "application/json",
            }
            async with client.post("/api/v1/signins", data=orjson.dumps(body), headers=headers) as answer:
                await answer.read()
                return answer.status

        return await asyncio.gather(*(sign_in() for _ in range(PEOPLE)))


def _memory_mib(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024
