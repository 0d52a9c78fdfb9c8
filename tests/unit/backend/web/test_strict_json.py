import json
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.errors import InvalidRequest
from backend.web.strict_json import LARGEST_INTEGER, MAX_DEPTH, check

# Strings with what the counting of quotation marks could trip over, escaped in every way that JSON has.
TEXTS = st.text(st.sampled_from('"\\/{}:,\u0000\u001f\u2028é😀abu0022'), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | st.floats(-1e9, 1e9) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.lists(st.tuples(TEXTS, inner), max_size=5),
    max_leaves=12,
)


def spelled_out(text: str) -> str:
    """Write a text with every character as its number, quotation marks and backslashes too."""
    units = text.encode("utf-16-be")
    return '"' + "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)) + '"'


SPELLINGS: tuple[Callable[[str], str], ...] = (
    json.dumps,
    spelled_out,
    lambda text: json.dumps(text, ensure_ascii=False),
    lambda text: json.dumps(text).replace("/", "\\/"),
)


def written(value: Any, draw: Callable[[Any], Any]) -> str:
    """Write a value as JSON; a list of pairs is an object whose names may repeat, in any of their spellings."""
    if isinstance(value, str):
        return str(draw(st.sampled_from(SPELLINGS))(value))
    if isinstance(value, list) and value and all(isinstance(pair, tuple) for pair in value):
        return "{" + ", ".join(f"{written(name, draw)}:{written(inner, draw)}" for name, inner in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(inner, draw) for inner in value) + "]"
    return json.dumps(value)


def has_duplicate(text: str) -> bool:
    """The slow and simple way to know."""
    found = []

    def pairs(given_pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found.append(len(dict(given_pairs)) != len(given_pairs))
        return dict(given_pairs)

    json.loads(text, object_pairs_hook=pairs)
    return any(found)


def is_taken(body: bytes) -> bool:
    try:
        check(body)
    except InvalidRequest:
        return False
    return True


@given(VALUES, st.data())
@settings(max_examples=500, deadline=None)
def test_exactly_the_objects_in_which_a_name_repeats_are_refused(value: Any, data: st.DataObject) -> None:
    text = written(value, data.draw)

    assert has_duplicate(text) != is_taken(text.encode())


@pytest.mark.parametrize(
    "body",
    [
        rb'{"a":1,"\u0061":2}',
        rb'{"a\"":1,"a\u0022":2}',
        rb'{"\\":1,"\u005c":2}',
        rb'{"x":"\\\"","a":1,"a":"\""}',
        rb'{"a":{"b":[{"c":1,"c":1}]}}',
        rb'{"":1,"":1}',
    ],
)
def test_a_name_that_repeats_is_found_in_every_spelling(body: bytes) -> None:
    with pytest.raises(InvalidRequest, match="stands twice"):
        check(body)


@pytest.mark.parametrize("body", [rb'{"x":"\u0022"}', rb'{"\u005c":1}', rb'{"a\\":"\\","a":"\""}', rb'{"a":1,"a\"":2}'])
def test_escapes_are_not_taken_for_the_ends_of_strings(body: bytes) -> None:
    check(body)


@pytest.mark.parametrize("digits", [str(2**53), str(2**63), str(2**64), str(-(2**53)), str(10**30), "9" * 5000])
def test_a_whole_number_that_a_double_does_not_hold_is_refused(digits: str) -> None:
    assert not is_taken(f'{{"a":[{digits}]}}'.encode())


@pytest.mark.parametrize("digits", [str(2**53 - 1), str(1 - 2**53), "1e20", "0.1234567890123456789012", f'"{10**30}"'])
def test_numbers_that_a_double_holds_and_digits_in_texts_are_taken(digits: str) -> None:
    assert is_taken(f'{{"a":[{digits}]}}'.encode())


def test_the_depth_is_limited_where_we_say_it_is() -> None:
    assert is_taken(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    assert not is_taken(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))


def test_the_place_of_the_fault_is_told_and_not_what_stands_there() -> None:
    with pytest.raises(InvalidRequest, match=r"line 2, column \d+") as raised:
        check(b'{"a":1,\ncanary}')

    assert "canary" not in raised.value.sentence


def test_it_agrees_with_the_reader_that_it_stands_before() -> None:
    assert orjson.loads(b'{"a":1,"a":2}') == {"a": 2}  # the reason why this module exists
