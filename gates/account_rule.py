"""A rule of accounts that can be switched off, and the test that is to notice."""

from dataclasses import dataclass

from gates.faults import Fault, replace
from gates.step import PYTHON

TOPIC = "account-rules"
SOURCES = "backend/"
TESTS = "tests/"


@dataclass(frozen=True, slots=True)
class AccountRule:
    """Putting `without` where `old` stands switches it off; `test` fails then."""

    name: str
    path: str
    old: str
    without: str
    test: str

    @property
    def fault(self) -> Fault:
        """The rule as a fault to plant; only its own test is run, on the database that starts at once."""
        command = (*PYTHON, "-m", "pytest", "-q", "-x", "-k", "not postgresql", TESTS + self.test)
        plant = replace(SOURCES + self.path, self.old, self.without)
        return Fault(f"without the rule: {self.name}", command, plant, f"FAILED {TESTS}{self.test}", topic=TOPIC)
