"""Messages that go out together: their bytes made once, under as many seals as a client may wait for."""

import pytest

from bridge.realtime.batch import PART_BYTES, PART_ITEMS, Batch
from bridge.realtime.cursor import Cursor
from bridge.realtime.message import DATA_LIMIT_BYTES, Message
from tests.unit.bridge.realtime.members import message


def messages(count: int, size: int) -> list[Message]:
    data = b'"%b"' % (b"x" * (size - 2))
    return [Message("tenant/a", Cursor("0" * 16, number), 1, None, data) for number in range(1, count + 1)]


def test_a_batch_is_its_messages_one_after_the_other() -> None:
    for number in (1, 3):
        held = [message(offset) for offset in range(1, number + 1)]
        batch = Batch(held)

        assert held[-1] is batch.last
        assert b"".join(each.frame for each in held) == batch.frames
        assert b"".join(each.event for each in held) == batch.events
        assert b"\n".join(each.digest for each in held) == batch.digests


def test_what_goes_under_one_seal_is_as_much_as_a_client_takes_without_one() -> None:
    small, many = Batch([message(1)]), Batch([message(offset) for offset in range(1, 601)])
    large = Batch([message(offset, data=b"x" * 60_000) for offset in range(1, 11)])

    assert [small] == list(small.parts)
    assert [256, 256, 88] == [len(part.messages) for part in many.parts]
    assert [8, 2] == [len(part.messages) for part in large.parts]
    assert list(many.messages) == [each for part in many.parts for each in part.messages]
    assert many.parts is many.parts


def test_its_bytes_are_made_once_for_all_who_take_them() -> None:
    batch = Batch([message(1), message(2)])

    assert all(getattr(batch, name) is getattr(batch, name) for name in ("frames", "events", "digests"))


@pytest.mark.parametrize(("count", "size"), [(1, 10), (256, 10), (257, 10), (1000, 1000), (20, DATA_LIMIT_BYTES)])
def test_the_parts_are_all_of_it_in_order_and_none_is_more_than_a_seal_is_for(count: int, size: int) -> None:
    batch = Batch(messages(count, size))

    assert batch.messages == [each for part in batch.parts for each in part.messages]
    assert b"".join(part.frames for part in batch.parts) == batch.frames
    for part in batch.parts:
        assert PART_ITEMS >= len(part.messages) >= 1
        assert PART_BYTES >= sum(len(each.item) for each in part.messages)


def test_what_one_seal_is_for_is_not_taken_apart() -> None:
    batch = Batch(messages(PART_ITEMS, 10))

    assert (batch,) == batch.parts
