"""The text of a key says whose it is, shows a slip of the hand, and is never shown by accident."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.accounts.keys.text_form import LOOKS_LIKE, KeyKind, new_key, read_key
from backend.ids import ALPHABET, new_id
from backend.web.credentials import _BEARER


@pytest.mark.parametrize("kind", KeyKind)
def test_a_text_is_read_as_it_was_made(kind: KeyKind) -> None:
    key_id = new_id()
    made = new_key(kind, key_id)
    text = made.text.reveal()
    read = read_key(text)

    assert read is not None
    assert (kind, key_id, made.digest) == (read.kind, read.id, read.digest)
    assert sha256(text.encode()).digest() == made.digest
    assert LOOKS_LIKE.search(f"in a log: {text}!") is not None
    assert _BEARER.fullmatch(f"Bearer {text}") is not None
    assert text not in repr(made)


@given(st.data())
def test_a_slip_of_the_hand_is_no_key(data: st.DataObject) -> None:
    text = new_key(KeyKind.API, new_id()).text.reveal()
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from([*ALPHABET, "_", "A", "é", "\n"]).filter(lambda letter: letter != text[at]))

    assert read_key(text[:at] + letter + text[at + 1 :]) is None


@given(st.data())
def test_two_letters_that_changed_places_are_no_key(data: st.DataObject) -> None:
    text = new_key(KeyKind.GAME, new_id()).text.reveal()
    at = data.draw(st.integers(0, len(text) - 2).filter(lambda at: text[at] != text[at + 1]))

    assert read_key(text[:at] + text[at + 1] + text[at] + text[at + 2 :]) is None


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert read_key(text) is None


def test_no_two_are_alike() -> None:
    assert 500 == len({new_key(KeyKind.API, "0" * 26).text.reveal() for _ in range(500)})
