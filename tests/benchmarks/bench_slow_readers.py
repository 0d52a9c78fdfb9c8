"""A thousand that stop reading: what they cost the thousand that read, and the memory of the server."""

from statistics import median

from tests.benchmarks.fanout.hall import READERS, Hall, opened
from tests.benchmarks.figure import Figure

ROUNDS = 40
# After so many messages nothing more fits into a connection that is not read.
FILLING = 400
ROOM_BYTES = 4_096
PAIRS = 9
MIB = 1 << 20


def measure(count: int) -> list[Figure]:
    with opened() as hall:
        hall.open_own("https")
        hall.told("https", ROUNDS, 1)
        pairs = [_pair(hall) for _ in range(min(count, PAIRS))]
    ratios = sorted(beside / alone for alone, beside, _ in pairs)
    quarter = len(ratios) // 4
    value = f"{median(ratios):.2f} ({ratios[quarter]:.2f}-{ratios[-quarter - 1]:.2f}, n={len(ratios)})x"
    memory = max(memory for _, _, memory in pairs) / MIB
    note = (
        f"time until all who read have a message, beside {READERS:,} that stopped against without them;"
        f" at the most {memory:.0f} MiB more of the server's memory, in all pairs together"
    )
    return [Figure(f"512 B to {READERS:,} WebSockets beside {READERS:,} that stop reading", value, "<= 1.25x", note)]


def _pair(hall: Hall) -> tuple[float, float, int]:
    """Return the time without and with those who stopped, and what the server's memory grew by."""
    before = hall.own.ask(do="memory")
    alone = hall.told("https", ROUNDS, 1).seconds
    hall.open_own("stopped", room_bytes=ROOM_BYTES)
    hall.told("https", FILLING, 1)
    beside = hall.told("https", ROUNDS, 1).seconds
    grown = hall.own.ask(do="memory") - before
    hall.close("stopped")
    return alone, beside, grown
