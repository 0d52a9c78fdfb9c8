"""What the gate has counted since this worker began: plain numbers, as the one thread that answers requests adds up."""

from collections import Counter
from collections.abc import Iterator

from core_rs import Decision


class GateMeter:
    def __init__(self, rules: tuple[str, ...]) -> None:
        self._rules = rules
        self.verdicts: Counter[str] = Counter()
        self.limited: Counter[str] = Counter()
        self.shadowed: Counter[str] = Counter()
        self.unproven_bytes = 0
        self.record_loads = 0

    def refused(self, decision: Decision) -> None:
        self.limited[self._rules[decision.policy]] += 1

    def in_shadow(self, decision: Decision) -> None:
        """Count the rules in shadow that would have refused."""
        for number, name in enumerate(self._rules):
            if decision.shadowed >> number & 1:
                self.shadowed[name] += 1

    @staticmethod
    def samples(counted: Counter[str], label: str) -> Iterator[tuple[str, dict[str, str], float]]:
        for name, number in sorted(counted.items()):
            yield "_total", {label: name}, number
