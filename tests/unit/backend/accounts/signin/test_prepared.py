"""The same password typed on another keyboard is the same password; what cannot be typed again is refused."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.accounts.signin.prepared import PasswordRefused, prepare


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("gru\u0308ne Wiese", "gr\u00fcne Wiese"),
        ("\u1112\u1161\u11ab\u1100\u1173\u11af", "\ud55c\uae00"),
        ("two\u00a0words", "two words"),
        ("\u5bc6\u3000\u7801", "\u5bc6 \u7801"),
        ("\u212bngstrom", "\u00c5ngstrom"),
    ],
)
def test_two_ways_to_type_it_are_one_password(first: str, second: str) -> None:
    assert second == prepare(first).reveal()
    assert prepare(first) == prepare(second)


@pytest.mark.parametrize(
    "text", ["Case", "\uff43ase", "fa\u00df", "fass", " two  spaces ", "\U0001f98a\U0001f30d", "\u0968"]
)
def test_what_a_person_sees_as_different_stays_different(text: str) -> None:
    assert text == prepare(text).reveal()


@pytest.mark.parametrize(
    "text",
    [
        "a\tb",
        "a\nb",
        "a\x00b",
        "a\x7fb",
        "a\u0085b",
        "a\u200bb",
        "a\u200db",
        "a\u202eb",
        "a\u2028b",
        "a\ufe0fb",
        "a\u3164b",
        "a\ue000b",
        "a\ud800b",
        "a\U000e0041b",
        "\u1100",
        "a\uffffb",
    ],
)
def test_what_cannot_be_seen_is_refused(text: str) -> None:
    with pytest.raises(PasswordRefused, match="cannot be seen"):
        prepare(text)


def test_the_joiners_of_persian_and_hindi_are_taken_where_they_belong() -> None:
    for text in ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0915\u094d\u200d\u0937"):
        assert text == prepare(text).reveal()


def test_128_characters_are_taken_and_one_more_is_not() -> None:
    assert "\u00fc" * 128 == prepare("u\u0308" * 128).reveal()
    with pytest.raises(PasswordRefused, match="128"):
        prepare("u\u0308" * 129)


def test_a_huge_text_is_refused_before_it_costs_anything() -> None:
    begin = time.monotonic()
    with pytest.raises(PasswordRefused, match="128"):
        prepare("\u0301\u0323" * 1_000_000)

    assert time.monotonic() - begin < 1


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "N", "P", "S", "M", "Zs"]), max_size=128))
def test_a_prepared_password_is_its_own_preparation(text: str) -> None:
    try:
        once = prepare(text)
    except PasswordRefused:
        return

    assert once == prepare(once.reveal())
    assert unicodedata.is_normalized("NFC", once.reveal())


@settings(deadline=None)
@given(st.text(max_size=200))
def test_a_refusal_never_repeats_the_password(text: str) -> None:
    with pytest.raises(PasswordRefused) as caught:
        prepare(f"canary{text}\x00")

    assert "canary" not in caught.value.sentence
