"""The bars of a load test. Knows nothing of Locust, which changes whatever process imports it."""

from dataclasses import dataclass
from typing import Final

FIGURES: Final = "TOOLBOXAI_LOAD_FIGURES"
MOST_FAILED: Final = 0.001
# Generous, because the generator shares the machine with the bridge.
MOST_MEDIAN_MILLISECONDS: Final = 100
MOST_P99_MILLISECONDS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    requests: int
    failures: int
    a_second: float
    p50: float
    p95: float
    p99: float


def faults(rows: list[Row]) -> list[str]:
    """Sentences about what was not held; the last row is the whole."""
    total = rows[-1]
    if total.requests == 0:
        return ["nothing was sent"]
    found = [f"{row.failures} of {row.requests} failed: {row.name}" for row in rows[:-1] if _is_grave(row)]
    if total.failures > total.requests * MOST_FAILED:
        found.append(f"{total.failures} of {total.requests} failed, more than {MOST_FAILED:.1%}")
    if total.p50 > MOST_MEDIAN_MILLISECONDS:
        found.append(f"the median is {total.p50:.0f} ms, above {MOST_MEDIAN_MILLISECONDS}")
    if total.p99 > MOST_P99_MILLISECONDS:
        found.append(f"99 % took {total.p99:.0f} ms, above {MOST_P99_MILLISECONDS}")
    return found


def _is_grave(row: Row) -> bool:
    """An attack that is let in, or an answer that cannot prove itself, is one too many."""
    return row.failures > 0 and ("refused" in row.name or "proof" in row.name)
