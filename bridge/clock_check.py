"""A clock that was never set breaks certificates, due times and sessions, so nothing starts with one."""

import datetime as dt
from typing import Final

from backend.errors import ClockError

EARLIEST: Final = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
EARLIEST_SECONDS: Final = EARLIEST.timestamp()


def check_clock(now_seconds: float) -> None:
    """Raise ClockError for a time before 2020: no release of this program is that old."""
    if now_seconds >= EARLIEST_SECONDS:
        return
    seen = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=now_seconds)
    raise ClockError(
        f"the clock of this machine says {seen:%Y-%m-%d %H:%M} UTC, which is before {EARLIEST.year}: "
        "set it, or switch time synchronisation on",
    )
