"""A credential has one spelling, says what it opens, tells a slip from a wrong key, and hides its secret."""

import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import crockford
from backend.accounts.keys.text_form import (
    SHAPE,
    Credential,
    CredentialRefused,
    Kind,
    hash_secret,
    matches,
    parse,
    redact,
)
from backend.secret import HIDDEN, Secret

KINDS = st.sampled_from(Kind)
MADE = Credential.new(Kind.API)
TEXT = MADE.text()


@given(KINDS)
def test_a_credential_comes_back(kind: Kind) -> None:
    made = Credential.new(kind)

    assert made == parse(made.text(), kind)


@given(KINDS)
def test_it_fits_into_a_bearer_header_and_a_scanner_finds_it_in_a_text(kind: Kind) -> None:
    text = Credential.new(kind).text()

    assert re.fullmatch(r"tbx_[A-Za-z0-9_-]{16,252}", text)
    found = SHAPE.search(f"key = '{text}';")
    assert found is not None
    assert text == found[0]


def test_two_credentials_differ_in_id_and_secret() -> None:
    first, second = Credential.new(Kind.API, lambda: 1), Credential.new(Kind.API, lambda: 1)

    assert first.id != second.id
    assert first.secret != second.secret


@given(place=st.integers(0, len(TEXT) - 1), digit=st.sampled_from(crockford.ALPHABET))
def test_one_wrong_character_is_told_from_a_wrong_key(place: int, digit: str) -> None:
    typo = TEXT[:place] + digit + TEXT[place + 1 :]
    if typo == TEXT:
        return

    with pytest.raises(CredentialRefused):
        parse(typo, Kind.API)


@given(st.integers(9, len(TEXT) - 2))
def test_two_swapped_characters_are_told(place: int) -> None:
    swapped = TEXT[:place] + TEXT[place + 1] + TEXT[place] + TEXT[place + 2 :]
    if swapped == TEXT:
        return

    with pytest.raises(CredentialRefused):
        parse(swapped, Kind.API)


@pytest.mark.parametrize(
    "text",
    ["", "tbx", TEXT[:-1], TEXT + "0", TEXT + "\n", " " + TEXT, TEXT.upper(), TEXT.replace("_", "-"), "b" + TEXT],
)
def test_what_is_not_whole_is_refused(text: str) -> None:
    with pytest.raises(CredentialRefused, match="not a whole"):
        parse(text, Kind.API)


@pytest.mark.parametrize(("part", "digit"), [(2, "8"), (3, "2")])
def test_a_second_spelling_of_the_same_number_is_refused_even_with_a_right_check(part: int, digit: str) -> None:
    parts = TEXT.split("_")
    parts[part] = digit + parts[part][1:]
    checked = "_".join(parts[:-1])

    with pytest.raises(CredentialRefused, match="not a whole"):
        parse(f"{checked}_{crockford.encode(zlib.crc32(checked.encode()), 32)}", Kind.API)


def test_a_credential_of_another_kind_is_refused() -> None:
    with pytest.raises(CredentialRefused, match="tbx_game_"):
        parse(TEXT, Kind.GAME)


@given(st.text())
def test_a_refusal_never_repeats_what_was_given(text: str) -> None:
    with pytest.raises(CredentialRefused) as caught:
        parse(f"tbx_api_{text}canary", Kind.API)

    assert "canary" not in caught.value.sentence


def test_a_secret_matches_its_hash_and_no_other() -> None:
    stored = hash_secret(MADE.secret)

    assert matches(MADE.secret, stored)
    assert not matches(Credential.new(Kind.API).secret, stored)
    assert not matches(Secret(""), stored)


def test_the_hash_is_sha256_of_the_text_so_that_a_store_outlives_the_code() -> None:
    assert "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9" == hash_secret(Secret("0")).hex()


def test_the_secret_is_in_no_form_of_the_object() -> None:
    assert MADE.secret.reveal() not in f"{MADE} {MADE!r}"
    assert MADE.id in repr(MADE)


def test_a_log_line_keeps_kind_and_id_and_loses_the_secret() -> None:
    assert f"given tbx_api_{MADE.id}_{HIDDEN}, refused" == redact(f"given {TEXT}, refused")


@given(length=st.integers(len("tbx_api_") + 27, len(TEXT)), upper=st.booleans())
def test_a_log_line_loses_what_is_left_of_a_secret_that_was_cut_or_changed(length: int, upper: bool) -> None:  # noqa: FBT001
    cut = TEXT[:length].upper() if upper else TEXT[:length]
    secret = cut.split("_")[3]

    assert len(secret) < 8 or secret not in redact(f"<{cut}>")


@given(st.text())
def test_redacting_twice_changes_nothing(text: str) -> None:
    once = redact(f"{text}{TEXT}{text}")

    assert once == redact(once)
    assert MADE.secret.reveal() not in once


def test_ordinary_names_stay_in_a_log_line() -> None:
    assert "tbx_api_ of tbx_db" == redact("tbx_api_ of tbx_db")
