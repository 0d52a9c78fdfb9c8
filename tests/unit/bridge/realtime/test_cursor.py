import pytest

from backend.errors import InvalidRequest
from bridge.realtime.cursor import MOST_OFFSET, Cursor, new_epoch, read_begin

EPOCH = "0123456789abcdef"


def test_a_cursor_is_read_as_it_is_written() -> None:
    for offset in (0, 1, 10, MOST_OFFSET):
        cursor = Cursor(EPOCH, offset)
        assert cursor == read_begin(str(cursor))


def test_a_place_to_begin_may_be_a_word() -> None:
    assert ["earliest", "latest"] == [read_begin(word) for word in ("earliest", "latest")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Latest",
        "latest ",
        EPOCH,
        f"{EPOCH}.",
        f"{EPOCH}.01",
        f"{EPOCH}.-1",
        f"{EPOCH}.+1",
        f"{EPOCH}.1 ",
        f"{EPOCH}.1\n",
        f"{EPOCH}.1.0",
        f"{EPOCH}.\u0661",
        f"{EPOCH.upper()}.1",
        f"{EPOCH[:-1]}.1",
        f"{EPOCH}0.1",
        f"{EPOCH}.{MOST_OFFSET + 1}",
        f"{EPOCH}.{'9' * 17}",
    ],
)
def test_any_other_spelling_is_no_place(text: str) -> None:
    with pytest.raises(InvalidRequest, match="A place to begin is a cursor, earliest or latest"):
        read_begin(text)


def test_epochs_are_drawn_and_can_stand_in_a_cursor() -> None:
    drawn = {new_epoch() for _ in range(100)}

    assert 100 == len(drawn)
    assert all(isinstance(read_begin(f"{epoch}.0"), Cursor) for epoch in drawn)
