from bridge.realtime import items
from bridge.realtime.batch import Batch
from bridge.realtime.cursor import Begin, Cursor
from bridge.realtime.forms import EVENTS, FRAMES, digests
from bridge.realtime.frames import text_frame
from tests.fakes.held_engine import EPOCH
from tests.unit.bridge.realtime.members import CHANNEL, message

OTHER = "tenant/0000000000000000000000000b"


def ids(events: bytes) -> list[str | None]:
    """Return the id of each event, or None where it has none."""
    blocks = [dict(line.split(": ", 1) for line in block.split("\n")) for block in events.decode().split("\n\n")[:-1]]
    return [block.get("id") for block in blocks]


def test_frames_are_the_items_one_after_the_other() -> None:
    told, sent = items.stale(CHANNEL), message(1)

    assert text_frame(told.item) + sent.frame == FRAMES.items([told, sent], {})
    assert text_frame(b"seal") == FRAMES.seal(b"seal")


def test_an_event_says_where_its_reader_stands_in_all_channels() -> None:
    places: dict[str, Begin] = {CHANNEL: Cursor(EPOCH, 4), OTHER: Cursor(EPOCH, 9)}
    batch = Batch([message(5), message(6)])

    assert [f"{CHANNEL}@{EPOCH}.5,{OTHER}@{EPOCH}.9", f"{CHANNEL}@{EPOCH}.6,{OTHER}@{EPOCH}.9"] == ids(
        EVENTS.batch(batch, places)
    )
    # Nothing was written yet, so it is not for these to move.
    assert Cursor(EPOCH, 4) == places[CHANNEL]


def test_what_follows_one_channel_alone_takes_the_bytes_that_all_take() -> None:
    batch = Batch([message(5)])

    assert batch.events is EVENTS.batch(batch, {CHANNEL: Cursor(EPOCH, 4)})


def test_a_place_is_moved_by_what_begins_and_resets_a_channel() -> None:
    at = Cursor(EPOCH, 7)
    told = [items.reset(CHANNEL, at, "behind"), items.following(CHANNEL, at), items.live(CHANNEL, Cursor(EPOCH, 8))]

    assert [f"{CHANNEL}@{EPOCH}.7"] * 3 == ids(EVENTS.items(told, {CHANNEL: "latest"}))


def test_a_channel_that_waits_to_be_begun_is_named_with_its_place() -> None:
    places: dict[str, Begin] = {CHANNEL: Cursor(EPOCH, 1), OTHER: "earliest"}

    assert [f"{CHANNEL}@{EPOCH}.2,{OTHER}@earliest"] == ids(EVENTS.batch(Batch([message(2)]), places))


def test_a_seal_has_no_id() -> None:
    assert [None] == ids(EVENTS.seal(b"{}"))


def test_a_seal_names_what_was_sent_one_digest_a_line() -> None:
    told, sent = items.stale(CHANNEL), message(1)

    assert told.digest + b"\n" + sent.digest == digests([told, sent])
