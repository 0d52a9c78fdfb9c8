"""Codes: made by chance, shown in two groups, read as people type them."""

import re

import pytest

from bridge.gate.pairing import codes


def test_a_device_code_is_256_bits_in_43_letters() -> None:
    made = {codes.new_device_code().reveal() for _ in range(200)}

    assert 200 == len(made)
    assert all(re.fullmatch(r"[\w-]{43}", each) for each in made)


def test_a_user_code_has_eight_letters_without_vowels_and_look_alikes() -> None:
    letters = {letter for _ in range(400) for letter in codes.new_user_code().reveal()}

    assert set("BCDFGHJKLMNPQRSTVWXZ") == letters
    assert not letters & set("AEIOUY0123456789")


def test_a_code_is_shown_in_two_groups_and_read_back() -> None:
    made = codes.new_user_code()

    assert re.fullmatch(r"[A-Z]{4}-[A-Z]{4}", codes.shown(made))
    assert made == codes.read(codes.shown(made))


@pytest.mark.parametrize("typed", ["bcdf-ghjk", "BCDFGHJK", " bcdf ghjk\n", "b-c-d-f-g-h-j-k", "\tBcDf GhJk"])
def test_case_spaces_and_hyphens_do_not_matter(typed: str) -> None:
    found = codes.read(typed)

    assert found is not None
    assert "BCDFGHJK" == found.reveal()


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "BCDF-GHJ",
        "BCDF-GHJKL",
        "BCDF-GHJA",
        "BCDF_GHJK",
        "BCDF-GHJ1",
        "\uff22CDF-GHJK",
        "BCDF-GHJ\u212a",
        "BCDF\u2013GHJK",
    ],
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.read(typed) is None


def test_a_code_hides_itself() -> None:
    for made in (codes.new_device_code(), codes.new_user_code()):
        assert made.reveal() not in f"{made} {made!r}"


def test_digests_tell_codes_apart_and_take_any_text() -> None:
    texts = ["", "a", "A", "\ud800", "é"]

    assert len(texts) == len({codes.device_digest(text) for text in texts})
    assert {32} == {len(codes.device_digest(text)) for text in texts}
