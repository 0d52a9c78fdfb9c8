"""A recovery code survives paper and hands, is found only with its key and account, and is stored as no code."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend import crockford
from backend.accounts.signin.recovery_codes import CodeRefused, new_codes, read, shown
from backend.secret import Secret

CODES = new_codes()
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
