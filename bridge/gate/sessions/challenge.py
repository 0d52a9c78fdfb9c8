"""The challenge: what a device has to answer to, made and known again without being kept.

| bytes | what they are |
|---|---|
| 1 | the version of the master key that it is marked with |
| 7 | when it was made, in milliseconds since 1970 |
| 16 | chance |
| 16 | the bridge's mark over these, the device and the epoch |

Whoever asks gets one for any device, so it tells nothing of what devices there are.
"""

import hmac
import secrets
import time
from collections.abc import Callable
from typing import Final

from backend.sealing.master_keys import UnknownVersion
from bridge.gate.masters import Masters

CHALLENGE_BYTES: Final = 40
GOOD_SECONDS: Final = 60
# The clocks of two hosts differ by a little.
_AHEAD_SECONDS: Final = 5
# A spent one is remembered until no clock that is set back by a minute would take it for a good one.
REMEMBERED_SECONDS: Final = GOOD_SECONDS + _AHEAD_SECONDS + 60
_TIME_BYTES: Final = 7
_HEAD_BYTES: Final = 1 + _TIME_BYTES
_MARK_BYTES: Final = 16
_RANDOM_BYTES: Final = CHALLENGE_BYTES - _HEAD_BYTES - _MARK_BYTES


class Challenges:
    def __init__(self, masters: Masters, clock: Callable[[], float] = time.time) -> None:
        self._masters = masters
        self._clock = clock

    def make(self, device_id: str, epoch: str) -> bytes:
        version = self._masters.newest()
        made_at = int(self._clock() * 1000).to_bytes(_TIME_BYTES)
        own = bytes([version]) + made_at + secrets.token_bytes(_RANDOM_BYTES)
        return own + self._mark(version, own, device_id, epoch)

    def holds(self, challenge: bytes, device_id: str, epoch: str) -> bool:
        """Whether it was made here for this device, in this epoch, and not long ago."""
        if len(challenge) != CHALLENGE_BYTES:
            return False
        own, mark = challenge[:-_MARK_BYTES], challenge[-_MARK_BYTES:]
        try:
            right = self._mark(own[0], own, device_id, epoch)
        except UnknownVersion:
            return False
        if not hmac.compare_digest(right, mark):
            return False
        age_seconds = self._clock() - int.from_bytes(own[1:_HEAD_BYTES]) / 1000
        return -_AHEAD_SECONDS <= age_seconds < GOOD_SECONDS

    def _mark(self, version: int, own: bytes, device_id: str, epoch: str) -> bytes:
        # Each part has one length, so no two of them give the same bytes.
        return self._masters.challenges(version).mac(own + device_id.encode() + epoch.encode())[:_MARK_BYTES]
