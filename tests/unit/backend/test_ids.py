"""Ids sort in the order of their making, and only what could be one is one."""

import time

import pytest

from backend.ids import in_letters, is_id, new_id


def test_an_id_is_one_and_is_never_given_out_again() -> None:
    made = [new_id() for _ in range(1000)]

    assert all(map(is_id, made))
    assert 1000 == len(set(made))


def test_ids_sort_in_the_order_of_the_milliseconds_they_were_made_in(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for millisecond in (1, 2, 31, 32, 1 << 30, 1_790_000_000_000, (1 << 48) - 1):
        monkeypatch.setattr(time, "time_ns", lambda now=millisecond: now * 1_000_000)
        made.append(new_id())

    assert sorted(made) == made
    assert all(map(is_id, made))


def test_two_ids_of_one_millisecond_share_what_says_when(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_790_000_000_000_000_000)
    one, other = new_id(), new_id()

    assert one != other
    # 48 bits of time are nine letters and three bits of the tenth.
    assert one[:9] == other[:9]


@pytest.mark.parametrize(
    "text",
    ["", "0" * 25, "0" * 27, "8" + "0" * 25, "0" * 25 + "i", "0" * 25 + "L", "0" * 26 + "\n", "O" * 26, "ä" * 26],
)
def test_what_is_none(text: str) -> None:
    assert not is_id(text)


def test_a_number_is_written_with_its_highest_letter_first() -> None:
    assert ["0000", "000z", "0010", "zzzz"] == [in_letters(number, 4) for number in (0, 31, 32, 32**4 - 1)]
