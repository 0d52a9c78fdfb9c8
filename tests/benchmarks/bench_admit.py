"""One signed request at the gate: against the same guard in plain Python, shared beside own memory, few beside many."""

from pathlib import Path

from core_rs import Table
from tests.benchmarks import gate_house, portable_core
from tests.benchmarks.figure import Figure
from tests.benchmarks.pairs import Ratio, ratio

BODY = b"x" * 1_024
LARGE_BODY = b"x" * 16_384
FEW, MANY = 1_000, 1_000_000
KNOWN = 64
WEIGHED = 50_000
PORTABLE = """
import dataclasses, json
from tests.benchmarks.bench_admit import BODY, beside_python
print(json.dumps(dataclasses.asdict(beside_python({pairs}, BODY))))
"""


def measure(pairs: int) -> list[Figure]:
    small, large = beside_python(pairs, BODY), beside_python(max(3, pairs // 3), LARGE_BODY)
    figures = [
        Figure("a signed request of 1 KiB at the gate, against the same guard in plain Python", *told(small, ">= 5x")),
        Figure("the same with 16 KiB", *told(large, "reported")),
    ]
    portable = portable_core.run(PORTABLE.format(pairs=pairs))
    if portable:
        name = "the same with 1 KiB, on a processor without SHA instructions"
        figures.append(Figure(name, *told(Ratio(**portable), ">= 2.5x")))
    return [*figures, _shared(pairs), _many(pairs), _slot(), _remembered()]


def beside_python(pairs: int, body: bytes) -> Ratio:
    python, rust = gate_house.in_python(KNOWN), gate_house.in_rust(KNOWN)
    return ratio(lambda: python.nanoseconds(body), lambda: rust.nanoseconds(body), pairs=pairs)


def told(found: Ratio, bar: str) -> tuple[str, str, str]:
    note = f"{found.b_median:,.0f} ns a request, called from Python, against {found.a_median:,.0f}"
    return f"{found}x", bar, note


def _shared(pairs: int) -> Figure:
    shared, own = gate_house.in_rust(FEW, shared=True), gate_house.in_rust(FEW)
    found = ratio(lambda: shared.nanoseconds(BODY), lambda: own.nanoseconds(BODY), pairs=pairs)
    name = "a request over a shared table, against one over a table of the process"
    return Figure(
        name, f"{found}x", "<= 1.10x", f"{found.a_median:,.0f} ns against {found.b_median:,.0f}; {FEW:,} sessions"
    )


def _many(pairs: int) -> Figure:
    many, few = gate_house.in_rust(MANY), gate_house.in_rust(FEW)
    found = ratio(lambda: many.nanoseconds(BODY), lambda: few.nanoseconds(BODY), pairs=pairs)
    name = f"a request among {MANY:,} live sessions, against one among {FEW:,}"
    note = f"{found.a_median:,.0f} ns against {found.b_median:,.0f}; all remembered, each request of another session"
    return Figure(name, f"{found}x", "<= 2x", note)


def _slot() -> Figure:
    few, many = (Table.in_process(sessions=sessions).bytes for sessions in (FEW, MANY))
    note = f"of a table for {MANY:,}, the slots included that keep look-ups short"
    return Figure("bytes of the table for a session", f"{(many - few) / (MANY - FEW):.0f}", "<= 320", note)


def _remembered() -> Figure:
    # The table and the allocator have what they need before it is weighed.
    gate_house.in_rust(WEIGHED // 10)
    before = _resident_bytes()
    house = gate_house.in_rust(WEIGHED)
    windows = house.gate.remembered * 320
    grown = _resident_bytes() - before - windows
    note = f"resident memory over {WEIGHED:,} sessions, without the table; the principal itself comes on top"
    return Figure(
        "bytes of a worker's memory for a session that it remembers", f"{grown / WEIGHED:,.0f}", "reported", note
    )


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4_096
