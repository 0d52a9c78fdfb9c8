"""docs/audit.md has every kind of event with its fields, every column of a record and every field of a checkpoint."""

import re
from dataclasses import fields
from typing import Any

from backend.accounts.audit.chained import Record
from backend.accounts.audit.checkpoint import Checkpoint
from backend.accounts.audit.kinds import KINDS
from gates.tree import ROOT
from tests.docs.pages import rows, sections

PAGE = sections("docs/audit.md")


def names(shape: type[Any]) -> list[str]:
    return [field.name for field in fields(shape)]


def test_every_kind_has_a_row_with_the_fields_of_its_detail() -> None:
    expected = {name: names(shape) for name, shape in KINDS.names().items()}

    assert expected == {kind: re.findall(r"`(\w+)`", cells[1]) for kind, cells in rows(PAGE["Kinds"]).items()}


def test_every_column_has_its_row_in_the_order_in_which_it_is_tagged() -> None:
    told = [name for cells in rows(PAGE["A record"]).values() for name in re.findall(r"`(\w+)`", cells[0])]

    assert names(Record) == told


def test_every_field_of_a_checkpoint_is_named() -> None:
    assert {*names(Checkpoint), "form"} <= set(re.findall(r"`(\w+)`", PAGE["A checkpoint"]))


def test_every_promise_names_tests_that_are_there() -> None:
    promises = PAGE["What is promised, against whom, and where that is tested"]
    named = re.findall(r"`(tests/[\w/.]+)`", promises)

    assert len(named) >= 6
    assert [] == [path for path in named if not (ROOT / path).is_file()]
