"""What is answered to a request that was one too many."""

import random
from math import ceil
from typing import Final

from backend.errors import TooManyRequests
from core_rs import Decision

_MILLISECONDS: Final = 1000
# What waited together must not come back together.
_JITTER: Final = 0.1


def refusal(decision: Decision) -> TooManyRequests:
    """Return the error for a request that was one too many; it says when the next would be taken, or a little later."""
    wait = decision.retry_after_millis / _MILLISECONDS
    # Never less than the true one: who waits as long as it was told does not come too early.
    drawn = wait * (1 + random.uniform(0, _JITTER))  # noqa: S311 - it spreads, and keeps nobody out
    seconds = max(1, ceil(drawn))
    unit = "second" if seconds == 1 else "seconds"
    return TooManyRequests(f"There were too many requests; the next one is taken in {seconds} {unit}.", seconds)
