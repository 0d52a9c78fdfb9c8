"""A line of text is kept as it was typed, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from backend.web.words import Line

LINE = TypeAdapter(Line)


A_TEACHER = "\U0001f469\u200d\U0001f3eb"
UNSEEN = ["a\nb", "a\tb", "a\0b", "a\u2028b", "a\u202eb", "a\u2066b", "\ufeffa", "a\u200fb", "\ud800"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Lakeside", "Lakeside"), ("  a b ", "a b"), ("e\u0301", "\u00e9"), ("北京", "北京"), (A_TEACHER, A_TEACHER)],
)
def test_it_is_kept_without_the_space_around_it(typed: str, kept: str) -> None:
    assert kept == LINE.validate_python(typed)


@pytest.mark.parametrize("typed", ["", " ", *UNSEEN])
def test_what_cannot_be_seen_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        LINE.validate_python(typed)


@given(st.text(max_size=50))
def test_what_is_kept_is_kept_again_as_it_is(typed: str) -> None:
    try:
        kept = LINE.validate_python(typed)
    except ValidationError:
        return
    assert kept == LINE.validate_python(kept)
