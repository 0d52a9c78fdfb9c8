"""A rule of accounts or of the gate that can be switched off, and the test that is to notice."""

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
    sources: str = SOURCES
    topic: str = TOPIC
    # Set where only units that run beside one another can break it: SQLite has one writer.
    on_postgresql: bool = False

    @property
    def fault(self) -> Fault:
        """The rule as a fault to plant; only its own test is run, where it can on the database that starts at once."""
        chosen = "postgresql" if self.on_postgresql else "not postgresql"
        command = (*PYTHON, "-m", "pytest", "-q", "-x", "-k", chosen, TESTS + self.test)
        plant = replace(self.sources + self.path, self.old, self.without)
        return Fault(f"without the rule: {self.name}", command, plant, f"FAILED {TESTS}{self.test}", topic=self.topic)
