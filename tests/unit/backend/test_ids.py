"""Ids sort by their birth, have one spelling, and do not meet."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.ids import born_seconds, is_id, new_id

SECONDS = st.integers(0, 2**48 - 1).map(lambda milliseconds: milliseconds / 1000)


@given(SECONDS)
def test_a_new_id_is_an_id_in_an_address_without_escapes(seconds: float) -> None:
    one = new_id(lambda: seconds)

    assert is_id(one)
    assert re.fullmatch("[0-9a-z]{26}", one)
    assert round(seconds * 1000) - _milliseconds(one) in {0, 1}


@given(st.lists(st.integers(0, 2**48 - 1)))
def test_ids_sort_by_their_birth(births: list[int]) -> None:
    ids = sorted(_born(milliseconds) for milliseconds in births)

    # A clock says seconds, and a float may stand a hair below the millisecond that it was made of.
    assert all(at - _milliseconds(one) in {0, 1} for at, one in zip(sorted(births), ids, strict=True))


def test_ids_of_the_same_moment_differ() -> None:
    assert 1000 == len({new_id(lambda: 1.0) for _ in range(1000)})


@pytest.mark.parametrize(
    "text",
    ["", "0" * 25, "0" * 27, "8" + "0" * 25, "O" + "0" * 25, "A" * 26, "i" * 26, "0" * 25 + "\n", "0" * 25 + "\u0660"],
)
def test_what_is_not_spelled_as_an_id_is_none(text: str) -> None:
    assert not is_id(text)
    with pytest.raises(ValueError, match="no id"):
        born_seconds(text)


@pytest.mark.parametrize("seconds", [-1.0, 2**48 / 1000])
def test_a_clock_that_an_id_cannot_say_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="clock"):
        new_id(lambda: seconds)


def _milliseconds(one: str) -> int:
    return round(born_seconds(one) * 1000)


def _born(milliseconds: int) -> str:
    return new_id(lambda: milliseconds / 1000)
