"""A thousand that come back at once after their server was killed, each of whom missed a hundred messages."""

import tempfile
from pathlib import Path
from statistics import median

from tests.benchmarks.fanout.hall import READERS, Hall
from tests.benchmarks.figure import Figure
from tests.servers.valkey import running_valkey

MISSED = 100
SEVERAL = 5


def measure(count: int) -> list[Figure]:
    seconds = sorted(_once() for _ in range(min(count, SEVERAL)))
    value = f"{median(seconds):.2f} s ({seconds[0]:.2f}-{seconds[-1]:.2f}, n={len(seconds)})"
    note = "from the first connection until the last message was read, signed upgrades one after the other, no jitter"
    name = f"{READERS:,} clients resume after a kill, {MISSED} missed each, engine redis"
    return [Figure(name, value, "all within 5 s, none lost", note)]


def _once() -> float:
    with tempfile.TemporaryDirectory() as made, running_valkey() as url:
        hall = Hall(Path(made), url)
        try:
            hall.open_own("https")
            hall.told("https", 1, 1)
            cursor = hall.own.ask(do="top")
            hall.own.kill()
            hall.close("https")
            hall.start_own()
            hall.own.ask(do="tell", name="https", count=MISSED, due=1, pause=0)
            return hall.resumed("https", cursor, MISSED)
        finally:
            hall.end()
