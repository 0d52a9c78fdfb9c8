"""A clock that was never set is refused."""

import pytest

from backend.errors import ClockError
from bridge.clock_check import EARLIEST_SECONDS, check_clock


def test_a_clock_of_this_century_is_accepted() -> None:
    check_clock(EARLIEST_SECONDS)
    check_clock(1_800_000_000)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "1970-01-01 00:00"), (1_577_836_799, "2019-12-31 23:59"), (-86400, "1969-12-31")]
)
def test_a_clock_before_2020_is_refused_with_what_it_shows_and_the_cure(seconds: float, shown: str) -> None:
    with pytest.raises(ClockError, match=shown) as caught:
        check_clock(seconds)

    assert "set it" in caught.value.sentence
    assert caught.value.exit_code == 9
