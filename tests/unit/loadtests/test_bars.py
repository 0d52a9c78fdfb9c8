"""What makes a load test red."""

from dataclasses import replace

import pytest

from loadtests.bars import MOST_MEDIAN_MILLISECONDS, MOST_P99_MILLISECONDS, Row, faults

NOTE = Row("leave a note", 10_000, 0, 100.0, 5.0, 10.0, 20.0)
REPLAY = replace(NOTE, name="replay, which is refused")
TOTAL = replace(NOTE, name="Aggregated", requests=20_000)


def test_what_holds_is_green() -> None:
    assert [] == faults([NOTE, REPLAY, replace(TOTAL, failures=20)])


def test_nothing_that_was_sent_is_red() -> None:
    assert ["nothing was sent"] == faults([replace(TOTAL, requests=0)])


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([NOTE, replace(TOTAL, failures=21)], "21 of 20000 failed, more than 0.1%"),
        ([replace(REPLAY, failures=1), TOTAL], "1 of 10000 failed: replay, which is refused"),
        ([NOTE, replace(TOTAL, p50=MOST_MEDIAN_MILLISECONDS + 1)], "the median is 101 ms, above 100"),
        ([NOTE, replace(TOTAL, p99=MOST_P99_MILLISECONDS + 1)], "99 % took 1001 ms, above 1000"),
    ],
)
def test_what_does_not_hold_is_named(rows: list[Row], sentence: str) -> None:
    assert [sentence] == faults(rows)
