"""The digests of the core, seen from Python."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core_rs import blake3

VECTORS = Path(__file__).parents[2] / "contract" / "blake3.json"
DETACHED_BYTES = 64 * 1024


def published_input(length: int) -> bytes:
    return bytes(range(251)) * (length // 251 + 1)


def test_every_published_input_has_its_published_digest() -> None:
    cases = json.loads(VECTORS.read_text("utf-8"))["cases"]

    assert len(cases) == 35
    for case in cases:
        length = case["input_len"]
        assert case["hash"] == blake3(published_input(length)[:length]).hex(), length


def test_the_vectors_reach_the_path_that_lets_the_interpreter_go() -> None:
    lengths = [case["input_len"] for case in json.loads(VECTORS.read_text("utf-8"))["cases"]]

    assert min(lengths) < DETACHED_BYTES < max(lengths)


@given(st.binary(), st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_any_changed_byte_changes_the_digest(data: bytes, place: int, change: int) -> None:
    changed = bytearray(data or b"\0")
    original = bytes(changed)
    changed[place % len(changed)] ^= change

    assert blake3(original) != blake3(bytes(changed))


@given(st.binary())
def test_the_same_bytes_have_the_same_digest_of_32_bytes(data: bytes) -> None:
    assert blake3(data) == blake3(data)
    assert len(blake3(data)) == 32


@pytest.mark.parametrize("wrong", ["text", 1, None, [b"x"]])
def test_what_is_not_bytes_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        blake3(wrong)  # type: ignore[arg-type]
