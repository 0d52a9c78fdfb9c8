"""Every rate limit there is, in one table.

A rule lets `burst` requests through at once and `count` in `seconds` after that, for each address, session, account or
tenant. Which of the classes a route is of stands in its record as `rate_class`; a class is counted for each session of
signed requests, for each account of others, and for each address where anybody may ask.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core_rs import Policy


class Counted(StrEnum):
    """What a rule counts for; a class of routes is counted for whichever of them is known."""

    ADDRESS = "address"
    SESSION = "session"
    ACCOUNT = "account"
    TENANT = "tenant"
    ROUTE = "route"


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    counted: Counted
    count: int
    seconds: int
    burst: int
    # Whether it may be tried out first: it counts what it would have refused, and lets it through. What keeps guessers
    # away is never only tried out.
    may_shadow: bool = True


RULES: Final = (
    # A whole school may sit behind one address, or behind one IPv6 network.
    Rule("address", Counted.ADDRESS, count=18_000, seconds=60, burst=6_000),
    # Roblox lets a client send 500 a minute.
    Rule("session", Counted.SESSION, count=400, seconds=60, burst=400),
    # A person, an API key, a device or a game key, with all that they have open.
    Rule("account", Counted.ACCOUNT, count=1_600, seconds=60, burst=1_600),
    Rule("tenant", Counted.TENANT, count=60_000, seconds=60, burst=12_000),
    Rule("health", Counted.ROUTE, count=6_000, seconds=60, burst=6_000),
    # What costs next to nothing.
    Rule("cheap", Counted.ROUTE, count=6_000, seconds=60, burst=6_000),
    Rule("read", Counted.ROUTE, count=1_200, seconds=60, burst=1_200),
    Rule("write", Counted.ROUTE, count=600, seconds=60, burst=600),
    # A class of pupils signs in within a minute.
    Rule("signin", Counted.ROUTE, count=60, seconds=60, burst=120, may_shadow=False),
    Rule("pairing", Counted.ROUTE, count=60, seconds=60, burst=60, may_shadow=False),
    # After a restart every game server opens a new session, and many have the same way out.
    Rule("opening", Counted.ROUTE, count=600, seconds=60, burst=600, may_shadow=False),
)


class LimitsRefused(ValueError):
    """A sentence that says which rule is wrong."""


class RuleBook:
    """The rules of one bridge by their names, and by the numbers that the core knows them under."""

    def __init__(self, rules: Iterable[Rule] = RULES, *, shadow: Iterable[str] = ()) -> None:
        self.rules = tuple(rules)
        self._numbers: Mapping[str, int] = {rule.name: number for number, rule in enumerate(self.rules)}
        self.shadow = frozenset(shadow)
        wrong = sorted(name for name in self.shadow if not (name in self._numbers and self.rule(name).may_shadow))
        if wrong:
            raise LimitsRefused(f"{', '.join(wrong)} may not be in shadow")
        self.classes = frozenset(rule.name for rule in self.rules if rule.counted is Counted.ROUTE)

    def rule(self, name: str) -> Rule:
        return self.rules[self._numbers[name]]

    def number(self, name: str) -> int:
        return self._numbers[name]

    def known_class(self, rate_class: str) -> str:
        """Return the class of a route as it stands there; LimitsRefused if there is none of that name."""
        if rate_class not in self.classes:
            raise LimitsRefused(f"there is no rate class {rate_class!r}: it may be {', '.join(sorted(self.classes))}")
        return rate_class

    def policies(self) -> list[Policy]:
        """Return the rules as the core takes them, the same in every worker."""
        return [
            Policy(rule.name, count=rule.count, seconds=rule.seconds, burst=rule.burst, shadow=rule.name in self.shadow)
            for rule in self.rules
        ]
