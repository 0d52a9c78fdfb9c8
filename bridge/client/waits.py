"""How long to wait before something is sent again."""

import random
from typing import Final

FIRST_LIMIT_SECONDS: Final = 1.0
LAST_LIMIT_SECONDS: Final = 30.0
# What says Retry-After without a proof could be anybody, who must not stop a client for a day.
MOST_UNPROVEN_SECONDS: Final = 60.0

_chance = random.SystemRandom()


class Waits:
    """Drawn evenly below a limit that doubles, so that many clients do not come back at one moment."""

    def __init__(self) -> None:
        self._limit = FIRST_LIMIT_SECONDS

    def next_seconds(self, *, at_least: float = 0.0) -> float:
        drawn = _chance.uniform(0.0, self._limit)
        self._limit = min(self._limit * 2, LAST_LIMIT_SECONDS)
        # Added to what was asked for, as those who were told the same would else return together.
        return at_least + drawn if at_least > 0 else drawn


def between(least: float, most: float) -> float:
    return _chance.uniform(least, most)
