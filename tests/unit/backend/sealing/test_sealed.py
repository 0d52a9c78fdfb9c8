"""A sealed value opens where it was sealed, and nowhere else."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.sealing.sealed import DoesNotOpen, Place, seal, unseal, version_of

KEY = bytes(range(32))
PLACE = Place("people", "name", "p1", "platform")


@given(st.binary(max_size=200), st.integers(1, 2**32 - 1))
def test_what_was_sealed_is_read_back(value: bytes, version: int) -> None:
    sealed = seal(KEY, version, PLACE, value)

    assert value == unseal(KEY, PLACE, sealed)
    assert version == version_of(sealed)


def test_the_same_value_never_looks_the_same() -> None:
    assert seal(KEY, 1, PLACE, b"x") != seal(KEY, 1, PLACE, b"x")


@pytest.mark.parametrize(
    "elsewhere",
    [
        replace(PLACE, table="other"),
        replace(PLACE, column="email"),
        replace(PLACE, row="p2"),
        replace(PLACE, holder="tenant"),
        # The parts have no other border than their lengths.
        Place("peoplen", "ame", "p1", "platform"),
    ],
)
def test_it_does_not_open_in_another_place(elsewhere: Place) -> None:
    with pytest.raises(DoesNotOpen):
        unseal(KEY, elsewhere, seal(KEY, 1, PLACE, b"Ada"))


def test_it_does_not_open_with_another_key() -> None:
    with pytest.raises(DoesNotOpen):
        unseal(bytes(32), PLACE, seal(KEY, 1, PLACE, b"Ada"))


@given(st.data())
def test_no_byte_of_it_can_be_changed(data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, 1, PLACE, b"Ada"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(DoesNotOpen):
        unseal(KEY, PLACE, bytes(sealed))


@given(st.binary(max_size=60))
def test_what_is_no_sealed_value_does_not_open(other: bytes) -> None:
    with pytest.raises(DoesNotOpen):
        unseal(KEY, PLACE, other)


def test_what_does_not_open_is_not_repeated() -> None:
    with pytest.raises(DoesNotOpen) as refused:
        unseal(KEY, PLACE, seal(bytes(32), 1, PLACE, b"Ada"))

    assert "name of a row in people was not sealed there with this key" == str(refused.value)
