from base64 import urlsafe_b64decode, urlsafe_b64encode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.errors import InvalidRequest
from backend.web.paging import Cursors, PageQuery

CURSORS = Cursors("things", int, str)
MARK_BYTES = 8


def read(cursor: str, *narrowed_to: str) -> tuple[int | str, ...] | None:
    return CURSORS.read(PageQuery(cursor=cursor), *narrowed_to)


def forged(position: object, *, mark_of: str = "") -> str:
    """Write any position under the right mark, as somebody who has seen a cursor can."""
    mark = urlsafe_b64decode(CURSORS.write((1, mark_of)) + "==")[:MARK_BYTES]
    return urlsafe_b64encode(mark + orjson.dumps(position)).rstrip(b"=").decode()


@given(
    st.integers(-(2**53) + 1, 2**53 - 1),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=64),
)
def test_what_was_written_is_read_again(number: int, text: str) -> None:
    assert (number, text) == read(CURSORS.write((number, text)))


def test_no_cursor_is_the_first_page() -> None:
    assert read("") is None


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "é",
        "====",
        "A" * 64,
        CURSORS.write((1, "a"))[:-1],
        CURSORS.write((1, "a")) + "A",
        CURSORS.write((1, "a")) + "=",
        " " + CURSORS.write((1, "a")),
        CURSORS.write((1, "a")).swapcase(),
        Cursors("others", int, str).write((1, "a")),
        forged([1]),
        forged([1, "a", "b"]),
        forged(["1", "a"]),
        forged([1.0, "a"]),
        forged([True, "a"]),
        forged([None, "a"]),
        forged([1, ["a"]]),
        forged({"1": "a"}),
        forged([2**53, "a"]),
        forged([-(2**53), "a"]),
        forged([1, "a\0"]),
        forged([1, "a" * 257]),
    ],
)
def test_what_is_no_cursor_of_this_list_is_refused_by_name(cursor: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        read(cursor)

    assert ["/query/cursor"] == [error.path for error in raised.value.errors]


def test_a_forged_cursor_that_is_well_formed_is_only_a_place() -> None:
    assert (7, "z") == read(forged([7, "z"]))


def test_a_cursor_belongs_to_what_its_list_was_narrowed_to() -> None:
    cursor = CURSORS.write((1, "a"), "class", "one")

    assert (1, "a") == read(cursor, "class", "one")
    for other in ((), ("class",), ("class", "two"), ("classone",)):
        with pytest.raises(InvalidRequest):
            read(cursor, *other)


@pytest.mark.parametrize(("found", "shown", "goes_on"), [(0, 0, False), (1, 1, False), (2, 2, False), (3, 2, True)])
def test_a_page_goes_on_only_if_there_is_more(found: int, shown: int, goes_on: bool) -> None:  # noqa: FBT001
    rows = [f"row-{number}" for number in range(found)]
    page = CURSORS.page(rows, [(number, row) for number, row in enumerate(rows)], PageQuery(limit=2))

    assert tuple(rows[:shown]) == page.rows
    assert goes_on == (page.next is not None)
    if page.next is not None:
        assert (1, "row-1") == read(page.next)
