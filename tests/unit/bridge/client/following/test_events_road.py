"""The same over server-sent events: one rule for what comes, whatever it comes over."""

import asyncio

import pytest

from bridge.client import Client, Live, NoAnswer, OutOfScope, Refused, Reset, Revoked, Stale
from tests.fakes.channel_bridge import ChannelBridge, StreamFault, WelcomeFault
from tests.integration.db.waiting import until

from .reading import following, following_live

ROOM = "project/01m4/01m5"
OTHER = "tenant/01m4"
EVENTS = {"transport": "events"}
# What comes later came for another reason: a connection over which nothing is heard is lost.
LIMIT_SECONDS = 20


async def test_what_is_published_comes_in_order(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM, **EVENTS) as room:
        for number in range(5):
            bridge.publish(ROOM, [number, "x" * 60_000])

        assert list(range(5)) == [number for number, _ in await room.data(5)]


@pytest.mark.parametrize(("begin", "data"), [("earliest", [1, 2, 3]), ("cursor", [2, 3]), ("latest", [3])])
async def test_it_begins_where_it_is_asked_to(
    bridge: ChannelBridge, client: Client, begin: str, data: list[int]
) -> None:
    cursor = bridge.publish(ROOM, 1)
    bridge.publish(ROOM, 2)
    async with following_live(client, ROOM, begin=cursor if begin == "cursor" else begin, **EVENTS) as room:
        bridge.publish(ROOM, 3)

        assert data == await room.data(len(data))


async def test_who_is_new_is_carried_by_another_stream_and_who_leaves_needs_none(
    bridge: ChannelBridge, client: Client
) -> None:
    async with following_live(client, ROOM, **EVENTS) as room:
        async with following_live(client, OTHER, **EVENTS) as other:
            bridge.publish(OTHER, "b")
            bridge.publish(ROOM, "a")
            assert (["a"], ["b"]) == (await room.data(1), await other.data(1))
            assert 2 == bridge.upgrades
        bridge.publish(OTHER, "to nobody")
        bridge.publish(ROOM, "c")
        assert ["c"] == await room.data(1)
        assert 2 == bridge.upgrades
    assert "stale" not in room.told
    await until(lambda: not bridge.streams)


@pytest.mark.parametrize(
    "fault",
    ["unsealed", "wrong_seal", "replayed_seal", "foreign_seal", "fewer_items", "changed", "cut", "duplicate", "skip"],
)
async def test_nothing_is_lost_or_doubled_or_believed_without_its_seal(
    bridge: ChannelBridge, client: Client, fault: StreamFault
) -> None:
    async with following_live(client, ROOM, **EVENTS) as room:
        bridge.stream_faults.append(fault)
        for number in (1, 2, 3):
            bridge.publish(ROOM, number)

        assert [1, 2, 3] == await room.data(3)


@pytest.mark.parametrize("fault", ["unsealed", "wrong_seal", "says_unsealed", "none"])
async def test_a_welcome_that_is_not_sealed_is_none(
    bridge: ChannelBridge, client: Client, fault: WelcomeFault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.following.stream.WELCOME_SECONDS", 0.2)
    bridge.welcome_faults.append(fault)

    async with following_live(client, ROOM, **EVENTS):
        assert 2 == bridge.upgrades


async def test_a_bridge_that_goes_on_leaving_things_out_is_not_asked_in_a_circle(
    bridge: ChannelBridge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.waits.FIRST_LIMIT_SECONDS", 3600.0)
    monkeypatch.setattr("bridge.client.waits.LAST_LIMIT_SECONDS", 3600.0)
    async with following_live(client, OTHER, **EVENTS) as other, following_live(client, ROOM, **EVENTS):
        nowhere = {"type": "live", "cursor": bridge.log(ROOM).cursor(9)}
        bridge.say(ROOM, nowhere)
        # At once the first time, and then after a wait that is longer than this test.
        await until(lambda: 3 == bridge.upgrades and bridge.streams and ROOM in bridge.streams[-1].channels)
        for number in range(3):
            bridge.say(ROOM, nowhere)
            bridge.publish(OTHER, number)
            assert [number] == await other.data(1)

    assert 3 == bridge.upgrades


async def test_a_stream_over_which_nothing_is_heard_is_lost(
    bridge: ChannelBridge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.following.event_source.SILENCE_SECONDS", 0.2)
    async with following_live(client, ROOM, **EVENTS) as room:
        await room.next(Stale)
        await room.next(Live)

    assert 2 <= bridge.upgrades


async def test_an_event_without_end_is_none(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM, **EVENTS) as room:
        await bridge.streams[0].socket.send_str("x" * 200_000)
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)
    assert 2 == bridge.upgrades


async def test_a_hole_that_cannot_be_filled_is_told(bridge: ChannelBridge, client: Client) -> None:
    for number in range(5):
        bridge.publish(ROOM, number)
    async with following(client, ROOM, begin=f"{'0' * 16}.2", **EVENTS) as room:
        assert "epoch" == (await room.next(Reset)).reason
        bridge.publish(ROOM, 5)

        assert [5] == await room.data(1)


async def test_a_channel_that_is_refused_ends_and_the_others_go_on(bridge: ChannelBridge, client: Client) -> None:
    bridge.denied[ROOM] = (403, "out_of_scope")
    async with following_live(client, OTHER, **EVENTS) as other:
        with pytest.raises(OutOfScope):
            async for _ in client.follow(ROOM, transport="events"):
                pass
        bridge.publish(OTHER, 1)

        assert [1] == await other.data(1)


@pytest.mark.parametrize(("code", "openings"), [("slow", 1), ("expired", 2), ("revoked", 2)])
async def test_after_a_goodbye_it_goes_on_over_another_stream(
    bridge: ChannelBridge, client: Client, code: str, openings: int
) -> None:
    async with following_live(client, ROOM, **EVENTS) as room:
        bridge.bye(code)
        await room.next(Stale)
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)
    assert (2, openings) == (bridge.upgrades, bridge.openings)


async def test_a_fault_of_this_program_ends_it(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM, **EVENTS) as room:
        bridge.bye("malformed")

        with pytest.raises(Refused, match=r"It is malformed\."):
            await room.next()


async def test_a_device_that_was_removed_follows_nothing_any_more(
    bridge: ChannelBridge, client: Client, device_id: str
) -> None:
    async with following_live(client, ROOM, **EVENTS) as room:
        bridge.devices[device_id].is_revoked = True
        bridge.cut()

        with pytest.raises(Revoked):
            await room.next()


async def test_a_stream_outlives_the_sessions_that_it_is_carried_by(bridge: ChannelBridge, client: Client) -> None:
    bridge.life_seconds = 1
    async with following_live(client, ROOM, **EVENTS) as room:
        for number in range(3):
            await until(lambda: number < len(bridge.extended))  # noqa: B023 -- awaited before it changes
            bridge.publish(ROOM, number)
            assert [number] == await room.data(1)

    assert 1 == bridge.upgrades


async def test_an_extension_that_nobody_proved_is_none(bridge: ChannelBridge, client: Client) -> None:
    bridge.life_seconds = 1
    async with following_live(client, ROOM, **EVENTS) as room:
        bridge.faults.append("no_proof")
        async with asyncio.timeout(LIMIT_SECONDS):
            await room.next(Stale)
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)
    assert 2 <= bridge.upgrades


async def test_who_cannot_begin_is_told_why(bridge: ChannelBridge, client: Client) -> None:
    await bridge.stop_listening()

    with pytest.raises(NoAnswer, match="no connection"):
        async for _ in client.follow(ROOM, begin_seconds=0.3, transport="events"):
            pass
