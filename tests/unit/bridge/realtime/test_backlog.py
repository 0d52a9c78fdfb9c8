"""What waits for a slow reader: bounded, of each key only the last, and of what is left out it says the offset."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.realtime import items
from bridge.realtime.backlog import COALESCED_BYTES, MOST_BYTES, Backlog
from bridge.realtime.cursor import Cursor
from bridge.realtime.forms import Item
from tests.fakes.held_engine import EPOCH
from tests.unit.bridge.realtime.members import CHANNEL, message

OTHER = "tenant/0000000000000000000000000b"
LARGE = b'"%b"' % (b"x" * 1000)
MANY = COALESCED_BYTES // 1000


def taken(backlog: Backlog) -> list[Item]:
    found: list[Item] = []
    while portion := backlog.portion(MOST_BYTES):
        found += portion
    return found


def said(found: list[Item]) -> list[Any]:
    return [json.loads(each.item) for each in found]


def offsets(found: list[Any]) -> list[int]:
    """Return the offsets that a client has after these items, be it as messages or as left out."""
    had: list[int] = []
    for each in found:
        had += each["offsets"] if each["type"] == "coalesced" else [int(each["cursor"].partition(".")[2])]
    return had


def test_what_waits_comes_in_its_order() -> None:
    backlog = Backlog()
    waiting: list[Item] = [message(1), items.stale(CHANNEL), message(2, key="k"), message(3, key="k")]
    backlog.extend(waiting, 0.0)

    assert waiting == taken(backlog)
    assert 0 == backlog.size


def test_it_is_taken_in_portions_that_a_client_takes_without_a_seal() -> None:
    backlog = Backlog()
    backlog.extend([message(offset) for offset in range(1, 601)], 0.0)

    assert [256, 256, 88, 0] == [len(backlog.portion(MOST_BYTES)) for _ in range(4)]


def test_a_portion_is_about_as_large_as_is_wanted() -> None:
    backlog = Backlog()
    backlog.extend([message(offset, data=LARGE) for offset in range(1, 100)], 0.0)

    assert 10 == len(backlog.portion(10_000))


def test_nothing_is_left_out_while_little_waits() -> None:
    backlog = Backlog()

    assert 0 == backlog.extend([message(offset, key="k") for offset in range(1, 100)], 0.0)


def test_of_much_that_waits_each_key_has_its_last_message() -> None:
    backlog = Backlog()
    dropped = backlog.extend([message(offset, data=LARGE, key=f"k{offset % 3}") for offset in range(1, MANY + 1)], 0.0)
    found = said(taken(backlog))

    assert MANY - 3 == dropped
    assert ["coalesced", "message", "message", "message"] == [each["type"] for each in found]
    assert [*range(1, MANY + 1)] == offsets(found)


def test_what_has_no_key_is_never_left_out() -> None:
    backlog = Backlog()

    assert 0 == backlog.extend([message(offset, data=LARGE) for offset in range(1, MANY + 1)], 0.0)
    assert MANY == len(taken(backlog))


def test_the_same_key_in_another_channel_is_another_state() -> None:
    backlog = Backlog()
    backlog.extend([message(1, key="k", channel=OTHER)], 0.0)
    backlog.extend([message(offset, data=LARGE, key="k") for offset in range(1, MANY + 1)], 0.0)
    found = said(taken(backlog))

    assert [OTHER, CHANNEL, CHANNEL] == [each["channel"] for each in found]
    assert ["message", "coalesced", "message"] == [each["type"] for each in found]


def test_what_is_left_out_is_said_before_anything_that_comes_after_it() -> None:
    backlog = Backlog()
    first = [message(1), message(2, key="k"), message(3)]
    backlog.extend([*first, *(message(offset, data=LARGE, key="k") for offset in range(4, MANY + 4))], 0.0)
    found = said(taken(backlog))

    assert ["message", "coalesced", "message", "message"] == [each["type"] for each in found]
    assert [2, *range(4, MANY + 3)] == found[1]["offsets"]


def test_the_end_of_a_key_takes_the_place_of_what_was_before() -> None:
    backlog = Backlog()
    backlog.extend([message(offset, data=LARGE, key="k") for offset in range(1, MANY)], 0.0)
    backlog.extend([message(MANY, data=b"null", key="k")], 0.0)
    for offset in range(MANY + 1, 2 * MANY):
        backlog.extend([message(offset, data=LARGE)], 0.0)

    assert [None] == [each["data"] for each in said(taken(backlog)) if each.get("key") == "k"]


def test_it_knows_when_it_is_too_large() -> None:
    backlog = Backlog()
    backlog.extend([message(offset, data=LARGE) for offset in range(1, MOST_BYTES // 1100)], 0.0)
    assert not backlog.is_too_large
    backlog.extend([message(offset, data=LARGE) for offset in range(1, MOST_BYTES // 10_000)], 0.0)

    assert backlog.is_too_large


def test_many_small_items_are_not_free() -> None:
    backlog = Backlog()
    backlog.extend([message(offset) for offset in range(1, MOST_BYTES // 60)], 0.0)

    assert backlog.is_too_large


def test_before_it_is_too_large_whatever_can_be_left_out_was() -> None:
    backlog = Backlog()
    for offset in range(1, 20 * MOST_BYTES // 1000):
        backlog.extend([message(offset, data=LARGE, key=f"k{offset % 400}")], 0.0)
        assert not backlog.is_too_large


def test_the_oldest_says_since_when_it_waits_also_after_some_were_left_out() -> None:
    backlog = Backlog()
    assert backlog.waits_since() is None
    for offset in range(1, MANY + 1):
        backlog.extend([message(offset, data=LARGE, key="k")], float(offset))

    assert 1.0 == backlog.waits_since()


def test_a_channel_is_forgotten_with_all_that_was_to_be_said_of_it() -> None:
    backlog = Backlog()
    following = items.following(CHANNEL, Cursor(EPOCH, 0))
    other = message(1, channel=OTHER)
    backlog.extend([following, message(1), items.stale(CHANNEL), other], 0.0)

    backlog.forget(CHANNEL, but=items.FOLLOWING)
    assert backlog.size == sum(64 + each.size for each in (following, other))
    backlog.forget(CHANNEL)
    assert [other] == taken(backlog)


def test_what_does_not_hold_any_more_is_struck() -> None:
    backlog = Backlog()
    backlog.extend([message(1), items.stale(CHANNEL)], 0.0)

    assert not backlog.strike(OTHER, items.STALE)
    assert backlog.strike(CHANNEL, items.STALE)
    assert not backlog.strike(CHANNEL, items.STALE)
    assert ["message"] == [each["type"] for each in said(taken(backlog))]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(["", "a", "b", "c"]), min_size=1, max_size=700), st.integers(1, 50))
def test_a_client_has_every_offset_whatever_was_left_out(keys: list[str], together: int) -> None:
    backlog = Backlog()
    sent = [message(offset, data=LARGE, key=key or None) for offset, key in enumerate(keys, start=1)]
    for start in range(0, len(sent), together):
        backlog.extend(sent[start : start + together], 0.0)
    found = said(taken(backlog))

    assert [*range(1, len(keys) + 1)] == sorted(offsets(found))
    cursors = [int(each["cursor"].partition(".")[2]) for each in found if each["type"] == "message"]
    assert sorted(cursors) == cursors
    left_out: set[int] = set()
    place = 0
    for each in found:
        if each["type"] == "coalesced":
            left_out |= set(each["offsets"])
            continue
        offset = int(each["cursor"].partition(".")[2])
        # Between two messages nothing is missing of which it was not said before.
        assert set(range(place + 1, offset)) <= left_out
        place = offset
