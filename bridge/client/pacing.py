"""Keeps a client under the requests a minute that its grant allows, before the bridge has to refuse any."""

import asyncio
from typing import Final

from bridge.client.clock import Clock

_MINUTE_SECONDS: Final = 60.0
# So much of a minute's requests may go at once; the rest is spread, so that no 60 seconds hold more than was granted.
_BURST_PART: Final = 0.1


class Pacer:
    def __init__(self, requests_a_minute: int, now: Clock) -> None:
        burst = max(1.0, requests_a_minute * _BURST_PART)
        # A minute holds the burst and what is spread over it.
        self._spacing = _MINUTE_SECONDS / max(1.0, requests_a_minute - burst)
        self._slack = self._spacing * (burst - 1)
        self._now = now
        self._next_at = now()

    def take_turn(self) -> float:
        """Take the next turn and return the seconds until it comes."""
        now = self._now()
        at = max(self._next_at, now - self._slack)
        self._next_at = at + self._spacing
        return max(0.0, at - now)

    async def turn(self) -> None:
        seconds = self.take_turn()
        if seconds > 0:
            await asyncio.sleep(seconds)
