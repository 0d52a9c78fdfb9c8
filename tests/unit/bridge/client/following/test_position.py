"""The rule by which a follower uses, leaves, or follows anew."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.client.following.events import Coalesced, Message, Reset
from bridge.client.following.position import MOST_LEFT_OUT, Position, Step

from .items import OTHER_EPOCH, STALE, at, begins, coalesced, live, message, reset

USE, LEAVE, ANEW = Step.USE, Step.LEAVE, Step.ANEW


def taken(begin: str, *items: Any) -> tuple[list[Step], str]:
    """Give a new position these items; return what it did with each, and where it would begin anew."""
    position = Position(begin)
    return [position.take(item) for item in items], position.begin


@pytest.mark.parametrize(
    ("begin", "items", "steps", "place"),
    [
        ("latest", (begins(4), message(5), message(6)), [USE, USE, USE], at(6)),
        ("earliest", (begins(0), message(1)), [USE, USE], at(1)),
        (at(4), (begins(4), message(5)), [USE, USE], at(5)),
        # Before it is known where it begins, nothing can be told from a gap.
        ("latest", (message(5), live(5), coalesced(6)), [LEAVE, LEAVE, LEAVE], "latest"),
        # What was used already.
        (at(4), (message(4), message(3), message(5), message(5)), [LEAVE, LEAVE, USE, LEAVE], at(5)),
        # A hole.
        (at(4), (message(6),), [ANEW], at(4)),
        (at(4), (message(5, OTHER_EPOCH),), [ANEW], at(4)),
        # The bridge begins somewhere else and told of no reset.
        (at(4), (begins(5),), [ANEW], at(4)),
        (at(4), (begins(4, OTHER_EPOCH),), [ANEW], at(4)),
        # A hole that was told.
        (at(4), (reset(9), begins(9), message(10)), [USE, USE, USE], at(10)),
        (at(4), (reset(2, reason="ahead"), message(3)), [USE, USE], at(3)),
        (at(4), (reset(7, OTHER_EPOCH, "epoch"), message(5), message(8, OTHER_EPOCH)), [USE, ANEW, USE], None),
        # Where the bridge says that it is, against where we are.
        (at(4), (live(4), message(5), live(5)), [USE, USE, USE], at(5)),
        (at(4), (live(5),), [ANEW], at(4)),
        (at(4), (live(4, OTHER_EPOCH),), [ANEW], at(4)),
        (at(4), (STALE, message(5)), [USE, USE], at(5)),
        # What is left out counts as gone by, once everything before it was used.
        (at(4), (coalesced(5, 7), message(6), message(8)), [USE, USE, USE], at(8)),
        (at(4), (coalesced(5, 6),), [USE], at(6)),
        (at(4), (coalesced(7), message(5), message(6), message(7), message(8)), [USE, USE, USE, LEAVE, USE], at(8)),
        (at(4), (coalesced(7), message(8)), [USE, ANEW], at(4)),
        (at(4), (coalesced(3, 4),), [LEAVE], at(4)),
        (at(4), (coalesced(6), coalesced(6)), [USE, LEAVE], at(4)),
        (at(4), (coalesced(6), reset(4), message(5), message(7)), [USE, USE, USE, ANEW], at(5)),
        (at(4), (coalesced(*range(6, 7 + MOST_LEFT_OUT)),), [ANEW], at(4)),
    ],
)
def test_each_item_is_used_left_or_a_reason_to_follow_anew(
    begin: str, items: tuple[Any, ...], steps: list[Step], place: str | None
) -> None:
    did, where = taken(begin, *items)

    assert steps == did
    assert place is None or place == where


# What a bridge that is anything but honest might say of a channel.
_OFFSETS = st.integers(min_value=0, max_value=12)
_EPOCHS = st.sampled_from([at(0).partition(".")[0], OTHER_EPOCH])
ANYTHING = st.one_of(
    st.builds(message, _OFFSETS.filter(bool), _EPOCHS),
    st.builds(begins, _OFFSETS, _EPOCHS),
    st.builds(live, _OFFSETS, _EPOCHS),
    st.builds(reset, _OFFSETS, _EPOCHS),
    st.lists(_OFFSETS.filter(bool), min_size=1, max_size=4).map(lambda offsets: coalesced(*offsets)),
    st.just(STALE),
)


@given(begin=st.sampled_from(["latest", "earliest", at(0), at(3)]), items=st.lists(ANYTHING, max_size=40))
def test_whatever_comes_what_is_used_has_no_hole_and_nothing_twice_that_was_not_told(
    begin: str, items: list[Any]
) -> None:
    position = Position(begin)
    expected: tuple[str, int] | None = None
    told: set[int] = set()
    for item in items:
        step = position.take(item)
        if step is not USE:
            continue
        match item:
            case Reset(cursor=cursor):
                epoch, _, offset = cursor.partition(".")
                expected, told = (epoch, int(offset) + 1), set()
            case Coalesced(offsets=offsets):
                told |= set(offsets)
            case Message(cursor=cursor):
                epoch, _, offset = cursor.partition(".")
                if expected is not None:
                    missing = set(range(expected[1], int(offset)))
                    assert expected[0] == epoch
                    assert missing <= told
                    assert int(offset) >= expected[1]
                expected = (epoch, int(offset) + 1)


@given(faults=st.lists(st.sampled_from(["", "twice", "missing", "cut", "older"]), min_size=1, max_size=30))
def test_through_every_loss_all_of_it_is_used_once_and_in_order(faults: list[str]) -> None:
    total = len(faults)
    position, used, sent = Position("earliest"), [], 0
    position.take(begins(0))
    for fault in [*faults, *[""] * (2 * total)]:
        if sent >= total:
            break
        sent += 1
        items = {"": [sent], "twice": [sent, sent], "missing": [], "cut": [], "older": [max(1, sent - 2), sent]}[fault]
        steps = [position.take(message(offset)) for offset in items]
        used += [offset for offset, step in zip(items, steps, strict=True) if step is USE]
        if fault == "cut" or ANEW in steps:
            # Followed anew from its own place.
            sent = int(position.begin.partition(".")[2])
            assert USE == position.take(begins(sent))
    while position.take(live(total)) is ANEW:
        offset = int(position.begin.partition(".")[2]) + 1
        assert USE == position.take(message(offset))
        used.append(offset)

    assert list(range(1, total + 1)) == used
