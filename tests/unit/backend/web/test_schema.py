from dataclasses import dataclass
from typing import Annotated

import pytest
from pydantic import Field

from backend.errors import InvalidRequest
from backend.web.schema import MAX_ERRORS, Schema


@dataclass(frozen=True, slots=True)
class Inner:
    number: int


@dataclass(frozen=True, slots=True)
class Outer:
    name: Annotated[str, Field(max_length=3)]
    inner: tuple[Inner, ...] = ()
    ratio: float = 1.0


SCHEMA = Schema(Outer)


def faults(body: bytes) -> list[str]:
    with pytest.raises(InvalidRequest) as raised:
        SCHEMA.read_json(body)
    return [error.path for error in raised.value.errors]


def test_a_dataclass_comes_out() -> None:
    assert Outer("abc", (Inner(1),)) == SCHEMA.read_json(b'{"name":"abc","inner":[{"number":1}]}')


def test_every_wrong_value_is_named_by_its_path() -> None:
    assert ["/body/name", "/body/inner/0/number", "/body/inner/1/other", "/body/ratio", "/body/more"] == faults(
        b'{"name":"abcd","inner":[{"number":"1"},{"number":1,"other":1}],"ratio":"1","more":1}'
    )


def test_strictness_and_closedness_hold_inside_too() -> None:
    assert ["/body/inner/0/number"] == faults(b'{"name":"a","inner":[{"number":1.0}]}')
    assert ["/body/inner/0/x"] == faults(b'{"name":"a","inner":[{"number":1,"x":1}]}')
    assert ["/body/inner/0/number"] == faults(b'{"name":"a","inner":[{"number":true}]}')


def test_a_value_that_is_missing_or_of_another_shape_is_told_in_plain_words() -> None:
    with pytest.raises(InvalidRequest) as missing:
        SCHEMA.read_json(b"{}")
    with pytest.raises(InvalidRequest) as shape:
        SCHEMA.read_json(b"[]")

    assert ["This has to be given"] == [error.message for error in missing.value.errors]
    assert [("/body", "Input should be an object")] == [(error.path, error.message) for error in shape.value.errors]


def test_the_answer_stays_short_whatever_was_sent() -> None:
    body = b'{"name":"a",' + b",".join(b'"%05d%s":1' % (number, b"x" * 500) for number in range(200)) + b"}"
    with pytest.raises(InvalidRequest, match="200 values") as raised:
        SCHEMA.read_json(body)

    assert MAX_ERRORS == len(raised.value.errors)
    assert all(len(error.path) <= 200 for error in raised.value.errors)


def test_texts_are_read_as_what_they_spell() -> None:
    assert Inner(7) == Schema(Inner).read_texts({"number": "7"}, "/query")


@pytest.mark.parametrize("values", [{"number": "x"}, {}, {"number": "1", "more": "1"}, {"number": "1.5"}])
def test_texts_that_spell_nothing_known_are_refused(values: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest) as raised:
        Schema(Inner).read_texts(values, "/query")

    assert raised.value.errors[0].path.startswith("/query/")
