"""Messages that go out together, under as many seals as a client may wait for."""

import pytest

from bridge.realtime.batch import PART_BYTES, PART_ITEMS, Batch
from bridge.realtime.cursor import Cursor
from bridge.realtime.message import DATA_LIMIT_BYTES, Message


def messages(count: int, size: int) -> list[Message]:
    data = b'"%b"' % (b"x" * (size - 2))
    return [Message("tenant/a", Cursor("0" * 16, number), 1, None, data) for number in range(1, count + 1)]


@pytest.mark.parametrize(("count", "size"), [(1, 10), (256, 10), (257, 10), (1000, 1000), (20, DATA_LIMIT_BYTES)])
def test_the_parts_are_all_of_it_in_order_and_none_is_more_than_a_seal_is_for(count: int, size: int) -> None:
    batch = Batch(messages(count, size))

    assert batch.messages == [message for part in batch.parts for message in part.messages]
    assert b"".join(part.frames for part in batch.parts) == batch.frames
    for part in batch.parts:
        assert PART_ITEMS >= len(part.messages) >= 1
        assert PART_BYTES >= sum(len(message.item) for message in part.messages)


def test_what_one_seal_is_for_is_not_taken_apart() -> None:
    batch = Batch(messages(PART_ITEMS, 10))

    assert (batch,) == batch.parts
