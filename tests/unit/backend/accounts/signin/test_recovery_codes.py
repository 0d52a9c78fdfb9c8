"""A recovery code survives paper and hands, is found only with its key and account, and is stored as no code."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import crockford
from backend.accounts.signin.recovery_codes import CodeRefused, find, keyed_hash, new_codes, read, shown
from backend.secret import Secret

KEY = b"k" * 32
CODES = new_codes()
STORED = [keyed_hash(code, account="anna", key=KEY) for code in CODES]
ANY_CODE = st.integers(0, 2**80 - 1).map(lambda number: Secret(crockford.encode(number, 80)))


def test_there_are_ten_and_no_two_are_the_same() -> None:
    assert 10 == len(set(CODES))


@given(ANY_CODE)
def test_a_code_is_printed_in_groups_that_nobody_misreads(code: Secret) -> None:
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", shown(code))
    assert code == read(shown(code))


@given(code=ANY_CODE, data=st.data())
def test_a_code_is_read_as_it_was_meant(code: Secret, data: st.DataObject) -> None:
    look_alikes = {"0": "0oO", "1": "1iIlL"}
    typed = "".join(
        data.draw(st.sampled_from(look_alikes.get(digit, digit + digit.upper())))
        + data.draw(st.sampled_from(["", "-", " "]))
        for digit in code.reveal()
    )

    assert code == read(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ABCD",
        "ABCD-EFGH-JKMN-PQR",
        "ABCD-EFGH-JKMN-PQRU",
        "ABCD-EFGH-JKMN-PQRS-T",
        "ABCD-EFGH-JKMN-PQRS" + "-" * 100,
    ],
)
def test_what_is_no_code_is_refused_with_its_shape(typed: str) -> None:
    with pytest.raises(CodeRefused, match="16 letters"):
        read(typed)


@given(st.text())
def test_a_refusal_never_repeats_what_was_typed(text: str) -> None:
    with pytest.raises(CodeRefused) as caught:
        read(f"{text}canary-u")

    assert "canary" not in caught.value.sentence


@pytest.mark.parametrize("place", range(10))
def test_each_code_is_found_at_its_place(place: int) -> None:
    assert place == find(CODES[place], STORED, account="anna", key=KEY)


def test_a_code_that_was_used_up_or_never_made_is_not_found() -> None:
    assert find(CODES[3], STORED[:3] + STORED[4:], account="anna", key=KEY) is None
    assert find(new_codes()[0], STORED, account="anna", key=KEY) is None
    assert find(CODES[0], [], account="anna", key=KEY) is None


def test_a_code_opens_no_other_account_and_nothing_under_another_key() -> None:
    assert find(CODES[0], STORED, account="bert", key=KEY) is None
    assert find(CODES[0], STORED, account="anna", key=b"x" * 32) is None


def test_what_is_stored_does_not_tell_the_code() -> None:
    assert CODES[0].reveal().encode() not in STORED[0]
    assert 32 == len(STORED[0])


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        keyed_hash(CODES[0], account="anna", key=b"short")
