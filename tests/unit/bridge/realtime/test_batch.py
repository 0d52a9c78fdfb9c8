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


def test_its_bytes_are_made_once_for_all_who_take_them() -> None:
    batch = Batch([message(1), message(2)])

    assert all(getattr(batch, name) is getattr(batch, name) for name in ("frames", "events", "digests"))
