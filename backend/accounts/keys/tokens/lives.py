"""How long tokens and their families hold, and how many families a key may have."""

from typing import Final

_MINUTE_MILLISECONDS: Final = 60_000
_DAY_MILLISECONDS: Final = 86_400_000

ACCESS_MILLISECONDS: Final = 10 * _MINUTE_MILLISECONDS
# A family that nobody refreshes ends after so long, and each of them at the latest after its life.
IDLE_MILLISECONDS: Final = 7 * _DAY_MILLISECONDS
LIFE_MILLISECONDS: Final = 30 * _DAY_MILLISECONDS
# What was revoked stays so long for whoever looks into what happened.
REVOKED_KEPT_MILLISECONDS: Final = _DAY_MILLISECONDS
MOST_FAMILIES: Final = 20
