import pytest

from backend.errors import InvalidRequest
from backend.web.query import MAX_FIELDS, read_query


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ({}, ""),
        ({"a": "1", "b": ""}, "a=1&b="),
        ({"a": "x y&é"}, "a=x+y%26%C3%A9"),
        ({"a": "b=c"}, "a=b=c"),
        ({"a": "1;b=2"}, "a=1;b=2"),
    ],
)
def test_names_and_values_are_decoded(expected: dict[str, str], text: str) -> None:
    assert expected == read_query(text)


@pytest.mark.parametrize("text", ["a", "&", "a=1&", "a=1&&b=2", "a=%ff", "a=1&a=2", "a=1&%61=2"])
def test_what_two_readers_may_take_differently_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        read_query(text)


def test_the_number_of_fields_is_limited() -> None:
    assert MAX_FIELDS == len(read_query("&".join(f"a{number}=1" for number in range(MAX_FIELDS))))
    with pytest.raises(InvalidRequest):
        read_query("&".join(f"a{number}=1" for number in range(MAX_FIELDS + 1)))
