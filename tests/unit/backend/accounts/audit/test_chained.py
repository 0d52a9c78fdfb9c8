"""The tag stands for every column, and for how the columns are told apart."""

from dataclasses import fields, replace
from typing import Any

import pytest

from backend.accounts.audit.chained import Record, content_of, has_its_tag, tag_of
from backend.accounts.audit.keys import AuditKey
from tests.audit.chains import KEYS, chain

RECORD = chain(1)[0]
KEY = KEYS.current()


@pytest.mark.parametrize("column", [field.name for field in fields(Record) if field.name != "tag"])
def test_another_value_in_any_column_has_another_tag(column: str) -> None:
    was = getattr(RECORD, column)
    other: Any = was + 1 if isinstance(was, int) else was + b"x" if isinstance(was, bytes) else f"{was}x"

    assert tag_of(RECORD, KEY) != tag_of(replace(RECORD, **{column: other}), KEY)


def test_the_tag_itself_is_not_in_it() -> None:
    assert content_of(RECORD) == content_of(replace(RECORD, tag=b""))


def test_columns_do_not_run_into_one_another() -> None:
    one = replace(RECORD, actor_kind="a\1b", actor_id="c")
    other = replace(RECORD, actor_kind="a", actor_id="b\1c")
    none, empty = replace(RECORD, subject_id=None), replace(RECORD, subject_id="")

    assert content_of(one) != content_of(other)
    assert content_of(none) != content_of(empty)


def test_another_key_makes_another_tag() -> None:
    assert has_its_tag(RECORD, KEY)
    assert not has_its_tag(RECORD, AuditKey(KEY.version, bytes(32)))


def test_half_a_character_from_a_strangers_file_has_bytes_too() -> None:
    assert not has_its_tag(replace(RECORD, detail="\ud800"), KEY)
