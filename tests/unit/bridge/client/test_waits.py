"""Waits are drawn evenly below a limit that doubles, and never shorter than what was asked for."""

import pytest

from bridge.client import waits
from bridge.client.waits import Waits


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The upper limits that were drawn below; each draw gives the limit itself."""
    seen: list[float] = []

    class Upper:
        def uniform(self, least: float, most: float) -> float:
            assert 0.0 == least
            seen.append(most)
            return most

    monkeypatch.setattr(waits, "FIRST_LIMIT_SECONDS", 1.0)
    monkeypatch.setattr(waits, "LAST_LIMIT_SECONDS", 30.0)
    monkeypatch.setattr(waits, "_chance", Upper())
    return seen


def test_the_limit_doubles_from_one_second_to_thirty(limits: list[float]) -> None:
    drawn = Waits()

    assert [1, 2, 4, 8, 16, 30, 30] == [drawn.next_seconds() for _ in range(7)]
    assert [1, 2, 4, 8, 16, 30, 30] == limits


def test_what_was_asked_for_is_waited_first(limits: list[float]) -> None:
    assert 8.0 == Waits().next_seconds(at_least=7.0)
    assert [1] == limits


def test_two_clients_do_not_wait_alike() -> None:
    assert Waits().next_seconds() != Waits().next_seconds()
