"""What a check of one thing found: the shape that `toolboxai doctor` and the readiness of a worker share."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class CheckResult:
    name: str
    verdict: Verdict
    seen: str
    cure: str = ""

    @property
    def passed(self) -> bool:
        return self.verdict is not Verdict.FAIL
