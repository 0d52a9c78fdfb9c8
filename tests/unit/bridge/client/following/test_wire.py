"""Which frames go out on a WebSocket, and which items are for whoever follows now."""

from bridge.client.following.items import Denied, Left
from bridge.client.following.wire import Wire

from .items import ROOM, STALE, at, begins, live, message, reset

FOLLOW = {"type": "follow", "channel": ROOM, "begin": "latest"}
LEAVE = {"type": "leave", "channel": ROOM}
LEFT, DENIED = Left(ROOM), Denied(ROOM, 403, "out_of_scope", "No.")


def following() -> Wire:
    """A channel that flows, with nothing left to be sent."""
    wire = Wire()
    wire.follow(ROOM, "latest")
    assert wire.is_meant(begins(0))
    wire.out.clear()
    return wire


def test_a_channel_flows_once_it_was_said_where_it_begins() -> None:
    wire = Wire()
    wire.follow(ROOM, "latest")

    assert [FOLLOW] == list(wire.out)
    # Of an earlier beginning, which was left.
    assert [False, False] == [wire.is_meant(message(1)), wire.is_meant(live(1))]
    assert [True, True, True] == [wire.is_meant(STALE), wire.is_meant(reset(4)), wire.is_meant(begins(4))]
    assert [True, True] == [wire.is_meant(message(5)), wire.is_meant(live(5))]


def test_a_channel_that_nobody_asked_for_is_left() -> None:
    assert [False, False] == [Wire().is_meant(begins(0)), Wire().is_meant(LEFT)]


def test_followed_anew_what_was_under_way_is_left() -> None:
    wire = following()
    wire.follow(ROOM, at(3))

    assert [FOLLOW | {"begin": at(3)}] == list(wire.out)
    assert [False, True, True] == [wire.is_meant(message(9)), wire.is_meant(begins(3)), wire.is_meant(message(4))]


def test_what_is_to_be_followed_anew_later_is_left_until_then() -> None:
    wire = following()
    wire.hold(ROOM)

    assert not wire.out
    assert not wire.is_meant(message(9))


def test_of_a_channel_that_was_left_nothing_is_meant() -> None:
    wire = following()
    wire.leave(ROOM)

    assert [LEAVE] == list(wire.out)
    assert [False, False, False] == [wire.is_meant(each) for each in (message(1), LEFT, message(2))]


def test_who_comes_back_is_asked_for_once_the_bridge_has_left() -> None:
    wire = following()
    wire.leave(ROOM)
    wire.follow(ROOM, "latest")

    assert [LEAVE] == list(wire.out)
    # The end of the first time, which began elsewhere.
    assert [False, False] == [wire.is_meant(begins(0)), wire.is_meant(message(1))]
    assert wire.is_meant(LEFT)
    wire.follow(ROOM, "latest")
    assert [LEAVE, FOLLOW] == list(wire.out)


def test_a_channel_is_left_once() -> None:
    wire = following()
    wire.leave(ROOM)
    wire.follow(ROOM, "latest")
    wire.leave(ROOM)

    assert [LEAVE] == list(wire.out)
    assert not wire.is_meant(LEFT)


def test_a_word_that_a_channel_was_left_is_meant_where_nobody_left_it() -> None:
    assert following().is_meant(LEFT)


def test_after_a_refusal_nothing_is_meant() -> None:
    wire = following()

    assert wire.is_meant(DENIED)
    assert not wire.is_meant(message(1))
