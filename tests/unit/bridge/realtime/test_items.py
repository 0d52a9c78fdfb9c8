"""Items as the table of docs/protocol.md has them."""

import json

from backend.errors import NotFound
from bridge.realtime import items
from bridge.realtime.cursor import Cursor
from bridge.realtime.told import Told
from tests.fakes.held_engine import EPOCH
from tests.unit.bridge.realtime.members import CHANNEL

AT = Cursor(EPOCH, 7)
TEXT = f"{EPOCH}.7"


def test_each_item_is_written_as_the_protocol_has_it() -> None:
    for told, expected in (
        (items.following(CHANNEL, AT), {"type": "following", "channel": CHANNEL, "cursor": TEXT}),
        (
            items.reset(CHANNEL, AT, "ahead"),
            {
                "type": "reset",
                "channel": CHANNEL,
                "cursor": TEXT,
                "reason": "ahead",
                "snapshot": f"/v1/state?channel={CHANNEL}",
            },
        ),
        (items.coalesced(CHANNEL, [5, 7]), {"type": "coalesced", "channel": CHANNEL, "offsets": [5, 7]}),
        (items.stale(CHANNEL), {"type": "stale", "channel": CHANNEL}),
        (items.live(CHANNEL, AT), {"type": "live", "channel": CHANNEL, "cursor": TEXT}),
        (items.left(CHANNEL), {"type": "left", "channel": CHANNEL}),
        (
            items.denied(CHANNEL, NotFound("Nothing.")),
            {"type": "denied", "channel": CHANNEL, "status": 404, "code": "not_found", "detail": "Nothing."},
        ),
        (
            items.welcome("s", is_sealed=True, expires_in_seconds=960, now_milliseconds=5),
            {
                "type": "welcome",
                "stream": "s",
                "sealed": True,
                "expires_in_seconds": 960,
                "time_milliseconds": 5,
            },
        ),
        (items.extended(960), {"type": "extended", "expires_in_seconds": 960}),
        (items.pong(5), {"type": "pong", "time_milliseconds": 5}),
    ):
        assert expected == json.loads(told.item)


def test_the_last_item_tells_the_places_after_what_was_sent() -> None:
    last = items.bye("slow", "Why.", 2.5, {CHANNEL: AT, "tenant/of another": "latest"})

    assert {
        "type": "bye",
        "code": "slow",
        "detail": "Why.",
        "retry_after_seconds": 2.5,
        # Of what was not begun there is none.
        "cursors": {CHANNEL: TEXT},
    } == json.loads(last.item)


def test_only_what_begins_and_resets_moves_a_place() -> None:
    def moves(told: Told) -> bool:
        return told.cursor is not None

    assert moves(items.following(CHANNEL, AT))
    assert moves(items.reset(CHANNEL, AT, "epoch"))
    assert not moves(items.live(CHANNEL, AT))
    assert not moves(items.coalesced(CHANNEL, [1]))
