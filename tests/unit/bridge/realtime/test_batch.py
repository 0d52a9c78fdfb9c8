from bridge.realtime.batch import Batch
from tests.unit.bridge.realtime.members import message


def test_a_batch_is_its_messages_one_after_the_other() -> None:
    for number in (1, 3):
        messages = [message(offset) for offset in range(1, number + 1)]
        batch = Batch(messages)

        assert messages[-1] is batch.last
        assert b"".join(each.frame for each in messages) == batch.frames
        assert b"".join(each.event for each in messages) == batch.events
        assert b"\n".join(each.digest for each in messages) == batch.digests


def test_what_goes_under_one_seal_is_as_much_as_a_client_takes_without_one() -> None:
    small, many = Batch([message(1)]), Batch([message(offset) for offset in range(1, 601)])
    large = Batch([message(offset, data=b"x" * 60_000) for offset in range(1, 11)])

    assert [small] == list(small.parts)
    assert [256, 256, 88] == [len(part.messages) for part in many.parts]
    assert [4, 4, 2] == [len(part.messages) for part in large.parts]
    assert list(many.messages) == [each for part in many.parts for each in part.messages]
    assert many.parts is many.parts


def test_its_bytes_are_made_once_for_all_who_take_them() -> None:
    batch = Batch([message(1), message(2)])

    assert all(getattr(batch, name) is getattr(batch, name) for name in ("frames", "events", "digests"))
