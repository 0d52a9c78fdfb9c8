"""Numbers have one spelling in base32, and paper may be misread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import crockford

BITS = st.integers(1, 300)


@given(bits=BITS, data=st.data())
def test_a_number_comes_back(bits: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, (1 << bits) - 1))

    assert number == crockford.decode(crockford.encode(number, bits), bits)


@given(first=st.integers(0, 2**80 - 1), second=st.integers(0, 2**80 - 1))
def test_texts_sort_as_their_numbers(first: int, second: int) -> None:
    assert (first < second) == (crockford.encode(first, 80) < crockford.encode(second, 80))


@pytest.mark.parametrize("text", ["", "0", "000", "0o", "0L", "0A", "u0", "0\u0660", "80"])
def test_what_encode_does_not_write_is_not_read(text: str) -> None:
    assert crockford.decode(text, 8) is None


@pytest.mark.parametrize("number", [-1, 256])
def test_a_number_that_does_not_fit_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="8 bits"):
        crockford.encode(number, 8)


def test_what_was_misread_from_paper_is_spelled_as_meant() -> None:
    assert "0111abcd0" == crockford.as_meant(" oIl1-ABCD O\n")


def test_letters_of_other_alphabets_are_not_taken_for_ours() -> None:
    assert "\u212a" == crockford.as_meant("\u212a")


@given(st.text())
def test_spelling_as_meant_twice_changes_nothing(text: str) -> None:
    assert crockford.as_meant(text) == crockford.as_meant(crockford.as_meant(text))
