"""A message told to a thousand WebSockets, by the product and by what others write."""

from collections.abc import Callable
from statistics import median

from tests.benchmarks import pairs
from tests.benchmarks.fanout.hall import READERS, Hall, opened
from tests.benchmarks.figure import Figure
from tests.benchmarks.peers.environment import NotInstalled

# How many times in a sample, and how many messages are due at once each time.
SINGLE, BURST = (40, 1), (12, 8)
PUBLISHES, PAUSE_SECONDS = 100, 0.02
BARE_LOOPS = 21
_WHAT = f"512 B to {READERS:,} WebSockets"
_HOW = "deliveries a second of the server's CPU, readers on the other core"


def measure(count: int) -> list[Figure]:
    with opened() as hall:
        hall.open_aiohttp()
        for name in ("https", "plain"):
            hall.open_own(name)
        figures = [
            _row(hall, "aiohttp", "https", SINGLE, "`send_str` in a loop", ">= 1.4x", count),
            _row(hall, "aiohttp", "https", BURST, "`send_str` in a loop", ">= 5x", count),
            _row(hall, "aiohttp", "plain", SINGLE, "`send_str` in a loop, with seals", "none", count),
            _row(hall, "aiohttp", "plain", BURST, "`send_str` in a loop, with seals", "none", count),
        ]
        for name, single, burst in (("websockets", ">= 1.3x", "none"), ("picows", ">= 0.8x", ">= 1.0x")):
            figures += _peer(hall, name, single, burst, count)
        hall.open_bare()
        figures.append(_waits(hall, count))
    return figures


def _peer(hall: Hall, name: str, single: str, burst: str, count: int) -> list[Figure]:
    try:
        hall.open_peer(name)
    except NotInstalled as missing:
        return [Figure(f"{_WHAT}, against {name}", "not measured", single, str(missing))]
    against = "`broadcast` of websockets" if name == "websockets" else name
    return [
        _row(hall, name, "https", SINGLE, against, single, count),
        _row(hall, name, "https", BURST, against, burst, count),
    ]


def _row(hall: Hall, theirs: str, ours: str, size: tuple[int, int], against: str, bar: str, count: int) -> Figure:  # noqa: PLR0917 - a row of a table
    times, due = size
    ratio = pairs.ratio(_cost(hall, theirs, times, due), _cost(hall, ours, times, due), pairs=count)
    together = "" if due == 1 else f", {due} due at once"
    note = f"{_HOW}; {ratio.b_median * 1e6:.1f} us of CPU a delivery against {ratio.a_median * 1e6:.1f} us"
    return Figure(f"{_WHAT}{together}, against {against}", f"{ratio}x", bar, note)


def _cost(hall: Hall, name: str, times: int, due: int) -> Callable[[], float]:
    return lambda: hall.told(name, times, due).cpu_seconds / (times * due * READERS)


def _waits(hall: Hall, count: int) -> Figure:
    """What a reader waits for a message, against a loop that does nothing but write it to everybody."""
    ratio = pairs.ratio(lambda: _late(hall), lambda: _loop(hall), pairs=count)
    note = (
        f"95 % of the deliveries at 50 publishes a second came within {ratio.a_median * 1000:.1f} ms;"
        f" a bare loop of writes takes {ratio.b_median * 1000:.1f} ms"
    )
    return Figure(
        f"publish to received, {READERS:,} readers, against a bare loop of writes", f"{ratio}x", "<= 2.5x", note
    )


def _late(hall: Hall) -> float:
    waits = sorted(hall.told("https", PUBLISHES, 1, pause=PAUSE_SECONDS).waits)
    return waits[len(waits) * 95 // 100]


def _loop(hall: Hall) -> float:
    return median(hall.told("bare", 1, 1).wrote_seconds for _ in range(BARE_LOOPS))
