"""Every breaker of this worker, for those who look: the metrics and the details of health."""

from collections.abc import Iterator

from bridge.breakers.breaker import Breaker, State
from bridge.check_result import CheckResult, Verdict
from bridge.observability import catalogue
from bridge.observability.metrics import Metrics

_SEEN = {
    State.CLOSED: "answers, as far as it was asked",
    State.HALF_OPEN: "did not answer before, and is being tried again",
    State.OPEN: "does not answer, and is not asked for a while",
}


class Breakers:
    def __init__(self) -> None:
        self._all: list[Breaker] = []

    def made(self, name: str, *, open_seconds: float) -> Breaker:
        """Return a new breaker that everybody who looks can see."""
        breaker = Breaker(name, open_seconds=open_seconds)
        self._all.append(breaker)
        return breaker

    def tell(self, metrics: Metrics) -> None:
        metrics.read_from(catalogue.BREAKER_STATE, lambda: [("", {"to": each.name}, each.state) for each in self._all])
        metrics.read_from(
            catalogue.BREAKER_OPENINGS, lambda: [("_total", {"to": each.name}, each.openings) for each in self._all]
        )

    def checks(self) -> Iterator[CheckResult]:
        """Say how each stands. What is away does not make the worker unready: what needs it not goes on."""
        for each in self._all:
            state = each.state
            if state is State.CLOSED:
                yield CheckResult(each.name, Verdict.OK, _SEEN[state])
            else:
                cure = f"See whether it runs and can be reached with the address in the settings ({each.name})."
                yield CheckResult(each.name, Verdict.WARN, _SEEN[state], cure)
