"""What an answer tells of the limits that counted its request: the tightest, in new headers and in well-known ones."""

import random
from math import ceil
from typing import Final

from backend.errors import TooManyRequests
from bridge.gate.limits import Rule, RuleBook
from core_rs import Decision

_MILLISECONDS: Final = 1000
# What waited together must not come back together.
_JITTER: Final = 0.1


class LimitLines:
    def __init__(self, book: RuleBook) -> None:
        # Four of the five lines have one value that changes, or none; the rest was written here, once.
        self._written = [_written(rule) for rule in book.rules]

    def told(self, decision: Decision) -> bytes:
        """Return the lines for the head of an answer."""
        remaining, seconds = decision.remaining, -(-decision.reset_millis // _MILLISECONDS)
        return self._written[decision.policy] % (remaining, seconds, remaining, seconds)


def refusal(decision: Decision) -> TooManyRequests:
    """Return the error for a request that was one too many; it says when the next would be taken, or a little later."""
    wait = decision.retry_after_millis / _MILLISECONDS
    # Never less than the true one: who waits as long as it was told does not come too early.
    drawn = wait * (1 + random.uniform(0, _JITTER))  # noqa: S311 - it spreads, and keeps nobody out
    seconds = max(1, ceil(drawn))
    unit = "second" if seconds == 1 else "seconds"
    return TooManyRequests(f"There were too many requests; the next one is taken in {seconds} {unit}.", seconds)


def _written(rule: Rule) -> bytes:
    # The time in which a burst that was used up is there again.
    window = ceil(rule.burst * rule.seconds / rule.count)
    return (
        f'RateLimit-Policy: "{rule.name}";q={rule.burst};w={window}\r\n'
        f'RateLimit: "{rule.name}";r=%d;t=%d\r\n'
        f"X-RateLimit-Limit: {rule.burst}\r\nX-RateLimit-Remaining: %d\r\nX-RateLimit-Reset: %d\r\n"
    ).encode("ascii")
