"""The same over a long poll: one rule for what comes, whatever it comes over."""

import asyncio

import pytest

from bridge.client import Client, Live, NoAnswer, OutOfScope, Reset, Revoked, Stale
from tests.fakes.channel_bridge import ChannelBridge, StreamFault
from tests.integration.db.waiting import until

from .reading import following, following_live

ROOM = "game/01m4/9801"
OTHER = "tenant/01m4"
POLL = {"transport": "poll"}


@pytest.fixture(autouse=True)
def _quick_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.client.following.poll_road.WAIT_SECONDS", 1)


async def test_what_is_published_comes_in_order_over_no_stream(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM, **POLL) as room:
        for number in range(5):
            bridge.publish(ROOM, number)
            assert [number] == await room.data(1)

    assert 0 == bridge.upgrades
    assert ["live", *(f"message {number}" for number in range(5))] == room.told


@pytest.mark.parametrize(("begin", "data"), [("earliest", [1, 2, 3]), ("cursor", [2, 3]), ("latest", [3])])
@pytest.mark.parametrize("says_where", [True, False])
async def test_it_begins_where_it_is_asked_to_whether_the_answer_says_so_or_not(
    bridge: ChannelBridge, client: Client, begin: str, data: list[int], *, says_where: bool
) -> None:
    bridge.says_where_polls_begin = says_where
    cursor = bridge.publish(ROOM, 1)
    bridge.publish(ROOM, 2)
    async with following_live(client, ROOM, begin=cursor if begin == "cursor" else begin, **POLL) as room:
        bridge.publish(ROOM, 3)

        assert data == await room.data(len(data))
    assert isinstance(room.seen[0], Live)


async def test_channels_share_one_poll(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM, **POLL) as room, following_live(client, OTHER, **POLL) as other:
        bridge.publish(OTHER, "b")
        bridge.publish(ROOM, "a")

        assert (["a"], ["b"]) == (await room.data(1), await other.data(1))
    assert f"{ROOM}@" in bridge.polls[-1]
    assert f"{OTHER}@" in bridge.polls[-1]


async def test_who_is_new_waits_for_no_answer_that_is_held(
    bridge: ChannelBridge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.following.poll_road.WAIT_SECONDS", 20)
    bridge.publish(OTHER, "b")
    async with following_live(client, OTHER, begin="earliest", **POLL) as other:
        await other.data(1)
        await until(lambda: bridge.holds)
        async with asyncio.timeout(5), following_live(client, ROOM, begin="earliest", **POLL):
            bridge.publish(OTHER, "c")

            assert ["c"] == await other.data(1)


@pytest.mark.parametrize("fault", ["skip", "duplicate"])
async def test_what_comes_twice_is_given_once_and_what_is_missing_is_asked_for_again(
    bridge: ChannelBridge, client: Client, fault: StreamFault
) -> None:
    async with following_live(client, ROOM, **POLL) as room:
        bridge.stream_faults.extend([fault, "skip_fault", fault])
        for number in range(4):
            bridge.publish(ROOM, number)

        assert [0, 1, 2, 3] == await room.data(4)


async def test_an_answer_that_nobody_proved_is_not_believed(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM, **POLL) as room:
        bridge.faults.extend(["no_proof", "other_body"])
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)


@pytest.mark.parametrize("reason", ["epoch", "behind", "ahead"])
async def test_a_hole_that_cannot_be_filled_is_told(bridge: ChannelBridge, client: Client, reason: str) -> None:
    log = bridge.log(ROOM)
    for number in range(5):
        bridge.publish(ROOM, number)
    log.forget(1)
    begin = {"epoch": f"{'0' * 16}.2", "behind": log.cursor(2), "ahead": log.cursor(9)}[reason]
    async with following(client, ROOM, begin=begin, **POLL) as room:
        reset = await room.next(Reset)
        bridge.publish(ROOM, 5)

        assert [5] == await room.data(1)
    assert (reason, log.cursor(5)) == (reset.reason, reset.cursor)
    assert ["reset " + reason, "message 5"] == room.told


async def test_when_the_store_is_away_and_back_is_told_once(
    bridge: ChannelBridge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.following.poll_road.WAIT_SECONDS", 0)
    async with following_live(client, ROOM, **POLL) as room:
        bridge.is_stale = True
        await room.next(Stale)
        asked = len(bridge.polls)
        await until(lambda: len(bridge.polls) > asked + 2)
        bridge.is_stale = False
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)
    assert ["live", "stale", "live", "message 1"] == room.told


async def test_a_channel_that_is_refused_ends_and_the_others_go_on(bridge: ChannelBridge, client: Client) -> None:
    bridge.denied[ROOM] = (403, "out_of_scope")
    async with following_live(client, OTHER, **POLL) as other:
        with pytest.raises(OutOfScope):
            async for _ in client.follow(ROOM, transport="poll"):
                pass
        bridge.publish(OTHER, 1)

        assert [1] == await other.data(1)


async def test_a_bridge_that_is_away_is_told_of_and_waited_for(
    bridge: ChannelBridge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.following.poll_road.ANSWER_SECONDS", 1.5)
    async with following_live(client, ROOM, **POLL) as room:
        port = bridge.port
        await bridge.stop_listening()
        bridge.faults.extend(["cut_before"] * 3)
        assert "nothing was answered in" in (await room.next(Stale)).reason
        bridge.publish(ROOM, 1)
        await bridge._listen(port)

        assert [1] == await room.data(1)
    assert ["live", "stale", "live", "message 1"] == room.told


async def test_who_cannot_begin_is_told_why(bridge: ChannelBridge, client: Client) -> None:
    await bridge.stop_listening()

    with pytest.raises(NoAnswer, match="no connection"):
        async for _ in client.follow(ROOM, begin_seconds=0.3, transport="poll"):
            pass


async def test_a_device_that_was_removed_follows_nothing_any_more(
    bridge: ChannelBridge, client: Client, device_id: str
) -> None:
    async with following_live(client, ROOM, **POLL) as room:
        bridge.devices[device_id].is_revoked = True

        with pytest.raises(Revoked):
            await room.next()


async def test_a_bridge_that_holds_nothing_is_not_asked_in_a_circle(
    bridge: ChannelBridge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.waits.FIRST_LIMIT_SECONDS", 3600.0)
    monkeypatch.setattr("bridge.client.waits.LAST_LIMIT_SECONDS", 3600.0)
    monkeypatch.setattr("bridge.client.following.poll_road.WAIT_SECONDS", 0)
    async with following_live(client, ROOM, **POLL):
        await asyncio.sleep(0.3)

    assert 2 >= len(bridge.polls)
