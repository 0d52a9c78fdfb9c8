"""No minute holds more requests than were granted, and none that was granted is wasted."""

import pytest

from bridge.client.pacing import Pacer


def sent_at(granted: int, *, seconds: float, idle: float = 0.0) -> list[float]:
    """When a client that always has something to send sends it."""
    now = 0.0
    pacer = Pacer(granted, lambda: now)
    now = idle
    times = []
    while now < idle + seconds:
        now += pacer.take_turn()
        times.append(now)
    return times


@pytest.mark.parametrize("granted", [1, 2, 9, 10, 400])
@pytest.mark.parametrize("idle", [0.0, 3600.0])
def test_no_minute_holds_more_than_was_granted(granted: int, idle: float) -> None:
    times = sent_at(granted, seconds=180, idle=idle)

    most = max(sum(1 for each in times if start <= each < start + 59.999) for start in times)
    assert most <= granted


@pytest.mark.parametrize("granted", [1, 10, 400])
def test_at_least_nine_tenths_of_what_was_granted_are_used(granted: int) -> None:
    assert granted * 9 <= len(sent_at(granted, seconds=600))


def test_a_tenth_of_a_minute_may_go_at_once() -> None:
    assert 40 == sum(1 for each in sent_at(400, seconds=1, idle=100) if each < 100.001)
