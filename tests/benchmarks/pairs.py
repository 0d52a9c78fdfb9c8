"""Side-by-side timing on a noisy machine: two costs in turn, and the median of their ratios.

A machine that changes its speed does so for both sides of a pair, so the ratio inside a pair holds
where two separate medians would not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Ratio:
    """a/b over all pairs, with the middle half of them, and each side's own median."""

    median: float
    low: float
    high: float
    a_median: float
    b_median: float
    pairs: int

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.low:.2f}-{self.high:.2f}, n={self.pairs})"


def ratio(a: Callable[[], float], b: Callable[[], float], *, pairs: int) -> Ratio:
    """Run `a` and `b` in turn, first one first and then the other, after one round that does not count."""
    a()
    b()
    rounds: list[tuple[float, float]] = []
    for number in range(pairs):
        if number % 2:
            cost_b = b()
            cost_a = a()
        else:
            cost_a = a()
            cost_b = b()
        rounds.append((cost_a, cost_b))
    ratios = sorted(cost_a / cost_b for cost_a, cost_b in rounds)
    return Ratio(
        median=median(ratios),
        low=ratios[len(ratios) // 4],
        high=ratios[-(len(ratios) // 4) - 1],
        a_median=median(cost_a for cost_a, _ in rounds),
        b_median=median(cost_b for _, cost_b in rounds),
        pairs=pairs,
    )
