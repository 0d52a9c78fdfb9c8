"""The first bad record is named, whatever was done to a trail, by somebody with or without the key."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.accounts.audit.chained import BEFORE_THE_FIRST, Head, Record
from backend.accounts.audit.checkpoint import Checkpoint, sign
from backend.accounts.audit.verdict import Fault
from backend.accounts.audit.verify import verify
from tests.audit.chains import BEGIN, KEYS, chain, head_of, tied
from tests.audit.keys import FixedKeys
from tests.audit.samples import OTHER_SCHOOL, SCHOOL, numbered

LENGTH = 9
TRAIL = chain(LENGTH)
HEAD = head_of(TRAIL)
COLUMNS = [field.name for field in fields(Record)]
# Another value of the same type for each column; `number` is a record that went to another place.
OTHERS: dict[str, Any] = {
    "tenant_id": OTHER_SCHOOL,
    "number": 1000,
    "at": BEGIN - 1,
    "kind": "tenant.deleted",
    "actor_kind": "game_key",
    "actor_id": numbered("other"),
    "subject_id": numbered("other"),
    "detail": "{}",
    "key_version": 2,
    "previous": bytes(31) + b"\1",
    "tag": bytes(31) + b"\1",
}


def found(
    records: list[Record], *, head: Head | None = HEAD, keys: FixedKeys | None = KEYS, signed: Checkpoint | None = None
) -> Fault | None:
    return verify(records, SCHOOL, keys, head=head, checkpoints=[signed] if signed else [])


def number_of(records: list[Record], **options: Any) -> int | None:
    fault = found(records, **options)
    return None if fault is None else fault.number


def checkpoint(records: list[Record]) -> Checkpoint:
    last = records[-1]
    return sign(KEYS.signing(), SCHOOL, last.number, last.tag, at=BEGIN)


def in_database(records: list[Record]) -> list[Record]:
    """As the database gives them: those of this tenant, in the order of their numbers."""
    return sorted((each for each in records if each.tenant_id == SCHOOL), key=lambda each: each.number)


@pytest.mark.parametrize("length", [0, 1, 2, LENGTH])
def test_a_trail_as_it_was_written_is_good(length: int) -> None:
    assert found(chain(length), head=head_of(chain(length))) is None


def test_a_trail_over_several_keys_is_good() -> None:
    keys = FixedKeys(newest=3)
    records = tied([replace(each, key_version=1 + each.number // 4) for each in chain(LENGTH)], keys)

    assert found(records, head=head_of(records), keys=keys) is None


@pytest.mark.parametrize("at", [1, 2, 5, LENGTH])
@pytest.mark.parametrize("column", COLUMNS)
def test_an_edit_of_any_column_of_any_record_is_found_there(column: str, at: int) -> None:
    edited = list(TRAIL)
    edited[at - 1] = replace(TRAIL[at - 1], **{column: OTHERS[column]})
    fault = found(in_database(edited))

    assert fault is not None
    assert (SCHOOL, at) == (fault.tenant_id, fault.number)
    if column in {"tenant_id", "number"}:
        assert "missing" in fault.sentence
    elif column == "key_version":
        assert f"record {at} names version 2 of the audit key, and there is no such key" == fault.sentence
    else:
        assert f"record {at} is not what was written: its tag does not fit what it says" == fault.sentence


def test_an_edit_to_another_key_that_exists_is_found() -> None:
    edited = [*TRAIL[:3], replace(TRAIL[3], key_version=2), *TRAIL[4:]]

    assert 4 == number_of(edited, keys=FixedKeys(newest=2))


def test_no_two_values_of_a_text_are_the_same_to_the_tag() -> None:
    """Neither moving a letter into the next column nor an empty text for none is taken for the same record."""
    first = TRAIL[1]
    moved = replace(first, actor_kind=first.actor_kind + first.actor_id[:1], actor_id=first.actor_id[1:])
    empty = replace(TRAIL[0], subject_id="")

    assert TRAIL[0].subject_id is None
    assert 2 == number_of([TRAIL[0], moved, *TRAIL[2:]])
    assert 1 == number_of([empty, *TRAIL[1:]])


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("value", [None, 2.5, "text", b"bytes", 7])
def test_a_value_of_another_type_is_found_too(column: str, value: Any) -> None:
    if type(value) is type(asdict(TRAIL[3])[column]) or (column == "subject_id" and value is None):
        return
    edited = [*TRAIL[:3], replace(TRAIL[3], **{column: value}), *TRAIL[4:]]

    assert 4 == number_of(edited)


@pytest.mark.parametrize("at", range(1, LENGTH))
def test_a_record_that_was_deleted_is_named(at: int) -> None:
    fault = found([each for each in TRAIL if each.number != at])

    assert Fault(SCHOOL, at, f"record {at} is missing: the next one is {at + 1}") == fault


@pytest.mark.parametrize("at", range(1, LENGTH))
def test_a_deletion_that_was_renumbered_is_found_where_it_was(at: int) -> None:
    kept = [each for each in TRAIL if each.number != at]

    assert at == number_of([replace(each, number=number) for number, each in enumerate(kept, start=1)])


@pytest.mark.parametrize("at", range(1, LENGTH + 1))
def test_a_record_that_was_put_in_is_named(at: int) -> None:
    put_in = [*TRAIL[: at - 1], TRAIL[at - 1], *TRAIL[at - 1 :]]
    renumbered = [replace(each, number=number) for number, each in enumerate(put_in, start=1)]

    assert at + 1 == number_of(renumbered)
    # As it would stand in a file: the same record twice.
    fault = found(put_in)
    assert Fault(SCHOOL, at, f"record {at} stands after record {at}: it is there twice, or out of order") == fault


@pytest.mark.parametrize("number", [0, -5])
def test_a_record_before_the_first_is_named(number: int) -> None:
    put_in = [replace(TRAIL[0], number=number), *TRAIL]

    assert Fault(SCHOOL, number, f"record {number} was put in: numbers begin at 1") == found(put_in)


@pytest.mark.parametrize(("one", "other"), [(1, 2), (3, 4), (2, 8), (1, LENGTH)])
def test_two_records_that_changed_places_are_found_at_the_first(one: int, other: int) -> None:
    swapped = list(TRAIL)
    swapped[one - 1] = replace(TRAIL[other - 1], number=one)
    swapped[other - 1] = replace(TRAIL[one - 1], number=other)
    in_a_file = list(TRAIL)
    in_a_file[one - 1], in_a_file[other - 1] = in_a_file[other - 1], in_a_file[one - 1]

    assert one == number_of(swapped)
    assert one == number_of(in_a_file)


@pytest.mark.parametrize("cut", range(1, LENGTH + 1))
def test_a_cut_tail_is_found_by_the_head(cut: int) -> None:
    fault = found(TRAIL[:-cut])
    first = LENGTH - cut + 1

    assert fault is not None
    assert first == fault.number
    assert "missing: the head says that there are 9" in fault.sentence


@pytest.mark.parametrize("kept", range(LENGTH))
def test_a_cut_tail_with_its_head_is_found_by_a_checkpoint(kept: int) -> None:
    cut = TRAIL[:kept]
    fault = found(cut, head=head_of(cut), signed=checkpoint(TRAIL))

    assert found(cut, head=head_of(cut)) is None
    assert fault is not None
    assert kept + 1 == fault.number
    assert fault.sentence.endswith("which the checkpoint of 2023-11-14 22:13:20Z tells of")


def test_a_trail_written_anew_with_the_key_is_found_by_a_checkpoint() -> None:
    anew = tied([replace(each, detail="{}") if each.number == 4 else each for each in TRAIL])

    assert found(anew, head=head_of(anew)) is None
    assert 6 == number_of(anew, head=head_of(anew), signed=checkpoint(TRAIL[:6]))
    assert number_of(anew, head=head_of(anew), signed=checkpoint(TRAIL[:3])) is None


def test_a_trail_goes_on_after_a_checkpoint() -> None:
    assert found(TRAIL, signed=checkpoint(TRAIL[:5])) is None


def test_the_records_of_another_trail_are_no_part_of_this_one() -> None:
    other = chain(LENGTH, tenant_id=OTHER_SCHOOL)
    moved = [replace(each, tenant_id=SCHOOL) for each in other]

    assert 1 == number_of(moved, head=head_of(moved))
    assert 1 == number_of(other, head=head_of(other))


@pytest.mark.parametrize(
    ("head", "number", "sentence"),
    [
        (None, 1, "the head is missing"),
        (Head(LENGTH + 1, TRAIL[-1].tag), LENGTH + 1, "record 10 is missing"),
        (Head(LENGTH - 2, TRAIL[-3].tag), LENGTH - 1, "record 8 stands after the end"),
        (Head(-1, TRAIL[-3].tag), 1, "record 1 stands after the end"),
        (Head(LENGTH, TRAIL[0].tag), LENGTH, "the head has another tag than record 9"),
        (Head("9", TRAIL[-1].tag), LENGTH, "the head is not what was written"),  # type: ignore[arg-type]
    ],
)
def test_an_edit_of_the_head_is_found(head: Head | None, number: int, sentence: str) -> None:
    fault = found(TRAIL, head=head)

    assert fault is not None
    assert number == fault.number
    assert fault.sentence.startswith(sentence)


def test_a_head_without_records_is_found() -> None:
    assert 1 == number_of([])


def test_without_keys_the_order_and_the_links_are_checked() -> None:
    edited = [*TRAIL[:3], replace(TRAIL[3], tag=bytes(32)), *TRAIL[4:]]

    assert number_of(TRAIL, keys=None) is None
    assert 5 == number_of(edited, keys=None)
    assert 4 == number_of([*TRAIL[:3], *TRAIL[4:]], keys=None)


def test_a_link_that_only_the_key_could_have_made_is_followed_all_the_same() -> None:
    tail = tied([replace(TRAIL[0], detail="{}"), *TRAIL[1:]])[4:]

    fault = found([*TRAIL[:4], *tail], head=head_of(tail))

    assert fault is not None
    assert (5, "record 5 was not written after this record 4: what was before it is gone or was replaced") == (
        fault.number,
        fault.sentence,
    )


def test_reading_keeps_nothing_of_what_it_has_read() -> None:
    def endless(length: int) -> Iterator[Record]:
        previous = BEFORE_THE_FIRST
        for number in range(1, length + 1):
            (made,) = tied([replace(TRAIL[0], detail="x" * 1000)])
            loose = replace(made, number=number, previous=previous)
            previous = bytes([number % 256]) * 32
            yield replace(loose, tag=previous)

    def peak(length: int) -> int:
        tracemalloc.start()
        try:
            assert verify(endless(length), SCHOOL, None, head=Head(length, bytes([length % 256]) * 32)) is None
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is made once
    assert peak(2000) < peak(200) + 50_000


@st.composite
def edits(draw: st.DrawFn) -> tuple[list[Record], int]:
    """Return a trail after one act of somebody without the key, and the first record that cannot stand."""
    at = draw(st.integers(1, LENGTH))
    records = list(TRAIL)
    match draw(st.sampled_from(["edit", "delete", "insert", "swap", "cut"])):
        case "edit":
            column = draw(st.sampled_from([name for name in COLUMNS if name not in {"tenant_id", "number"}]))
            was = getattr(records[at - 1], column)
            by_type: dict[type, st.SearchStrategy[Any]] = {
                int: st.integers(0, 2**63 - 1),
                bytes: st.binary(max_size=40),
                str: st.text(max_size=40),
                type(None): st.text(max_size=40),
            }
            value = draw(by_type[type(was)].filter(lambda value: value != was))
            records[at - 1] = replace(records[at - 1], **{column: value})
            return records, at
        case "delete":
            del records[at - 1]
            if draw(st.booleans()):
                records = [replace(each, number=number) for number, each in enumerate(records, start=1)]
            return records, at
        case "insert":
            copied = TRAIL[draw(st.integers(1, LENGTH).filter(lambda other: other != at)) - 1]
            records.insert(at - 1, replace(copied, number=at))
            return [replace(each, number=number) for number, each in enumerate(records, start=1)], at
        case "swap":
            other = draw(st.integers(1, LENGTH).filter(lambda other: other != at))
            records[at - 1] = replace(TRAIL[other - 1], number=at)
            records[other - 1] = replace(TRAIL[at - 1], number=other)
            return records, min(at, other)
        case _:
            return records[: at - 1], at


@settings(deadline=None)
@given(edits())
def test_whatever_is_done_without_the_key_is_found_at_the_first_record_it_touches(
    done: tuple[list[Record], int],
) -> None:
    records, first = done

    assert first == number_of(records)
