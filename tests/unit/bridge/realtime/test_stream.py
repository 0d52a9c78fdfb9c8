"""What goes out over one connection, with a reader who is fast, slow, or gone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.realtime import items
from bridge.realtime.backlog import MOST_BYTES
from bridge.realtime.batch import Batch
from bridge.realtime.cursor import Cursor
from bridge.realtime.feed import Feed
from bridge.realtime.forms import EVENTS, FRAMES, Form, Item, Places
from bridge.realtime.limits import HistoryLimits
from bridge.realtime.meter import StreamMeter
from bridge.realtime.seals import Sealer
from bridge.realtime.stream import Stream
from bridge.realtime.told import Told
from core_rs import MacKey
from tests.fakes.held_engine import EPOCH, OTHER_EPOCH
from tests.unit.bridge.realtime.members import CHANNEL, kept, message

KEY = MacKey(b"k" * 32)
LARGE = b'"%b"' % (b"x" * 10_000)


class Lines:
    """Items as lines of JSON, so that a test reads them."""

    def batch(self, batch: Batch, places: Places) -> bytes:
        return self.items(batch.messages, places)

    def items(self, sent: Sequence[Item], places: Places) -> bytes:  # noqa: ARG002 - of another form
        return b"".join(each.item + b"\n" for each in sent)

    def seal(self, seal: bytes) -> bytes:
        return seal + b"\n"


@dataclass
class Line:
    """A connection that takes as much as the test says."""

    written: list[bytes] = field(default_factory=list)
    ended: str | None = None
    stream: Stream | None = None
    # After so many bytes it takes nothing more.
    room: int = 10**9

    def write(self, data: bytes) -> None:
        assert self.ended is None
        self.written.append(data)
        self.room -= len(data)
        if self.room < 0 and self.stream is not None:
            self.stream.hold()

    def socket(self) -> int:
        return -1

    def end(self, code: str, last: bytes) -> None:
        self.write(last)
        self.ended = code

    @property
    def items(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in b"".join(self.written).splitlines()]

    @property
    def kinds(self) -> list[str]:
        return [each["type"] for each in self.items]


@dataclass
class Scene:
    line: Line
    stream: Stream
    feed: Feed
    meter: StreamMeter

    def publish(self, offset: int, data: bytes = b"1", key: str | None = None) -> None:
        assert self.feed.add(message(offset, data=data, key=key))
        self.feed.flush()

    def go_on(self) -> None:
        self.line.room = 10**9
        self.stream.go_on()


def scene(*, sealed: bool = False, form: Form | None = None) -> Scene:
    line, meter = Line(), StreamMeter()
    sealer = Sealer(KEY, "stream", "opened") if sealed else None
    stream = line.stream = Stream(line, form or Lines(), sealer, meter)
    feed = Feed(CHANNEL, HistoryLimits(), lambda _: None)
    feed.load(kept(1))
    return Scene(line, stream, feed, meter)


def test_a_reader_who_keeps_up_gets_each_batch_at_once() -> None:
    found = scene()
    found.feed.attach(found.stream, "latest")
    found.publish(2)

    assert ["following", "message"] == found.line.kinds
    assert Cursor(EPOCH, 2) == found.stream.places[CHANNEL]
    assert 1 == found.meter.delivered


def test_items_and_their_seal_are_one_write() -> None:
    found = scene(sealed=True)
    found.feed.attach(found.stream, "latest")
    found.publish(2)

    assert ["following", "seal", "message", "seal"] == found.line.kinds
    assert 2 == len(found.line.written)


def test_all_who_take_a_batch_get_the_same_bytes() -> None:
    for form, expected in ((FRAMES, "frames"), (EVENTS, "events")):
        found = scene(form=form)
        found.feed.attach(found.stream, "latest")
        batch = Batch([message(2)])
        found.stream.take(found.feed, batch)
        assert getattr(batch, expected) is found.line.written[-1]


def test_what_comes_while_nobody_reads_waits_and_then_goes_on_in_order() -> None:
    found = scene()
    found.feed.attach(found.stream, "latest")
    found.stream.hold()
    for offset in range(2, 6):
        found.publish(offset)
    found.stream.say(items.pong(1))
    assert ["following"] == found.line.kinds
    assert Cursor(EPOCH, 1) == found.stream.places[CHANNEL]

    found.go_on()
    assert ["following", *["message"] * 4, "pong"] == found.line.kinds
    assert Cursor(EPOCH, 5) == found.stream.places[CHANNEL]
    found.publish(6)
    assert f"{EPOCH}.6" == found.line.items[-1]["cursor"]


def test_a_reader_who_takes_a_little_gets_a_little() -> None:
    found = scene()
    found.feed.attach(found.stream, "latest")
    found.stream.hold()
    for offset in range(2, 22):
        found.publish(offset, LARGE)
    found.line.room = 0
    found.stream.go_on()
    some = len(found.line.items)
    assert 2 < some < 20

    # What comes now has to wait behind what waits.
    found.publish(22, LARGE)
    assert some == len(found.line.items)
    found.go_on()
    cursors = [each["cursor"] for each in found.line.items[1:]]
    assert [f"{EPOCH}.{offset}" for offset in range(2, 23)] == cursors


def test_much_at_once_goes_under_several_seals_and_as_far_as_it_is_taken() -> None:
    found = scene(sealed=True)
    found.feed.attach(found.stream, "latest")
    found.line.room = 20_000
    found.stream.take(found.feed, Batch([message(offset) for offset in range(2, 802)]))
    sealed = [each["items"] for each in found.line.items if each["type"] == "seal"]
    assert [1, 256] == sealed
    assert Cursor(EPOCH, 257) == found.stream.places[CHANNEL]

    found.go_on()
    messages = [each["cursor"] for each in found.line.items if each["type"] == "message"]
    assert [f"{EPOCH}.{offset}" for offset in range(2, 802)] == messages
    assert all(each["items"] <= 256 for each in found.line.items if each["type"] == "seal")


def test_each_portion_is_sealed() -> None:
    found = scene(sealed=True)
    found.feed.attach(found.stream, "latest")
    found.stream.hold()
    for offset in range(2, 22):
        found.publish(offset, LARGE)
    found.go_on()

    sealed = [each["items"] for each in found.line.items if each["type"] == "seal"]
    assert 21 == sum(sealed)
    assert len(sealed) > 2
    assert [*range(1, len(sealed) + 1)] == [each["counter"] for each in found.line.items if each["type"] == "seal"]


def test_where_too_much_waits_the_stream_ends_and_says_where_it_stood() -> None:
    found = scene()
    found.feed.attach(found.stream, "latest")
    found.publish(2)
    found.stream.hold()
    for offset in range(3, MOST_BYTES // len(LARGE) + 4):
        found.publish(offset, LARGE)

    last = found.line.items[-1]
    assert ("bye", "slow", {CHANNEL: f"{EPOCH}.2"}) == (last["type"], last["code"], last["cursors"])
    assert "slow" == found.line.ended
    assert {"slow": 1} == dict(found.meter.ended)
    # It is over: nothing is written any more, whatever comes.
    found.publish(1000 + found.feed.top - 999)
    found.stream.say(items.pong(1))
    found.stream.end("reconnect", "")
    assert last == found.line.items[-1]


def test_states_that_change_often_do_not_end_a_slow_reader() -> None:
    found = scene()
    found.feed.attach(found.stream, "latest")
    found.stream.hold()
    for offset in range(2, 1000):
        found.publish(offset, LARGE, key="k")
    found.go_on()

    assert ["following", "coalesced", "message"] == [found.line.kinds[0], *sorted(set(found.line.kinds[1:]))]
    assert f"{EPOCH}.999" == found.line.items[-1]["cursor"]
    had = [offset for each in found.line.items if each["type"] == "coalesced" for offset in each["offsets"]]
    assert found.meter.coalesced == len(had)


def test_what_waits_too_long_ends_the_stream() -> None:
    found = scene()
    found.feed.attach(found.stream, "latest")
    found.stream.hold()
    found.stream.check_age(-1.0)
    assert found.line.ended is None
    found.publish(2)
    found.stream.check_age(60.0)
    assert found.line.ended is None
    found.stream.check_age(-1.0)

    assert "slow" == found.line.ended


def test_a_place_is_one_of_which_the_reader_was_told() -> None:
    """A reset that still waits is none: whoever goes on from it would never learn of the gap."""
    found = scene()
    found.feed.attach(found.stream, "latest")
    found.stream.hold()
    found.feed.load(kept(9))
    found.stream.end("reconnect", "")

    assert {CHANNEL: f"{EPOCH}.1"} == found.line.items[-1]["cursors"]


def test_a_reset_takes_the_place_of_what_waits() -> None:
    found = scene()
    found.stream.hold()
    found.feed.attach(found.stream, "latest")
    found.publish(2)
    found.feed.load(kept(9))
    found.publish(10)
    found.go_on()

    assert ["following", "reset", "message"] == found.line.kinds
    assert [f"{EPOCH}.{offset}" for offset in (1, 9, 10)] == [each["cursor"] for each in found.line.items]
    assert {"behind": 1} == dict(found.meter.resets)


def test_a_channel_that_is_left_says_nothing_more() -> None:
    found = scene()
    found.feed.attach(found.stream, "latest")
    found.stream.hold()
    found.publish(2)
    found.stream.left(CHANNEL)
    found.go_on()

    assert ["following"] == found.line.kinds
    assert {} == found.stream.places


def test_live_says_where_the_reader_is_and_not_where_the_channel_is() -> None:
    found = scene()
    found.feed.attach(found.stream, "latest")
    found.publish(2)
    found.feed.mark_live()
    assert f"{EPOCH}.2" == found.line.items[-1]["cursor"]

    # What waits tells the place itself.
    found.stream.hold()
    found.publish(3)
    found.feed.mark_live()
    found.go_on()
    assert ["following", "message", "live", "message"] == found.line.kinds


def test_live_does_not_name_a_place_of_before_a_reset_that_waits() -> None:
    found = scene()
    found.feed.attach(found.stream, "latest")
    found.publish(2)
    found.stream.hold()
    found.feed.load(kept(epoch=OTHER_EPOCH))
    found.feed.mark_live()
    found.go_on()

    assert ["following", "message", "reset"] == found.line.kinds
    assert f"{OTHER_EPOCH}.0" == found.line.items[-1]["cursor"]


def test_whoever_was_not_told_that_it_was_away_is_not_told_that_it_is_there() -> None:
    found = scene()
    found.feed.attach(found.stream, "latest")
    found.stream.hold()
    found.feed.mark_stale()
    found.feed.mark_live()
    found.go_on()
    assert ["following"] == found.line.kinds

    found.feed.mark_stale()
    found.stream.hold()
    found.feed.mark_live()
    found.go_on()
    assert ["following", "stale", "live"] == found.line.kinds


def test_a_denied_channel_has_no_place() -> None:
    found = scene()
    found.stream.places[CHANNEL] = "latest"
    found.stream.denied(CHANNEL, Told(b"{}", "denied", CHANNEL))

    assert {} == found.stream.places


def test_another_life_moves_the_place_to_it() -> None:
    found = scene()
    found.feed.attach(found.stream, "latest")
    found.feed.load(kept(1, 2, epoch=OTHER_EPOCH))

    assert Cursor(OTHER_EPOCH, 2) == found.stream.places[CHANNEL]
