"""Following over a WebSocket: whole and in order, whatever becomes of the connections."""

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from bridge.client import Client, Coalesced, Live, NoAnswer, OutOfScope, Refused, Reset, Revoked, Stale, open_device
from bridge.client.following.buffer import MOST_EVENTS
from bridge.client.waits import Waits
from tests.fakes.channel_bridge import ChannelBridge, StreamFault, WelcomeFault
from tests.integration.db.waiting import until

from .reading import Reading, following, following_live

ROOM = "project/01m4/01m5"
OTHER = "tenant/01m4"
# What comes later came for another reason: a connection over which nothing is heard is lost.
LIMIT_SECONDS = 20


async def test_what_is_published_comes_in_order(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        for number in range(5):
            bridge.publish(ROOM, {"n": number}, key="a" if number % 2 else None)

        assert [{"n": number} for number in range(5)] == await room.data(5)
    message = room.seen[2]
    assert (bridge.log(ROOM).cursor(2), 1_700_000_000_001, "a") == (message.cursor, message.at, message.key)  # type: ignore[union-attr]


@pytest.mark.parametrize(("begin", "data"), [("earliest", [1, 2, 3]), ("cursor", [2, 3]), ("latest", [3])])
async def test_it_begins_where_it_is_asked_to(
    bridge: ChannelBridge, client: Client, begin: str, data: list[int]
) -> None:
    cursor = bridge.publish(ROOM, 1)
    bridge.publish(ROOM, 2)
    async with following_live(client, ROOM, begin=cursor if begin == "cursor" else begin) as room:
        bridge.publish(ROOM, 3)

        assert data == await room.data(len(data))


# One WebSocket for all of them


async def test_channels_share_one_stream_which_is_closed_after_the_last(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        async with following_live(client, OTHER) as other:
            bridge.publish(OTHER, "b")
            bridge.publish(ROOM, "a")
            assert (["a"], ["b"]) == (await room.data(1), await other.data(1))
        await until(lambda: bridge.heard_of("leave"))
        bridge.publish(ROOM, "c")
        assert ["c"] == await room.data(1)
        assert 1 == bridge.upgrades
    await until(lambda: not bridge.streams)
    async with following_live(client, ROOM):
        assert 2 == bridge.upgrades


async def test_who_breaks_out_of_the_loop_leaves_the_channel_and_may_come_back(
    bridge: ChannelBridge, client: Client
) -> None:
    async with following_live(client, OTHER):
        for _ in range(3):
            async for event in client.follow(ROOM):
                assert isinstance(event, Live)
                break

        await until(lambda: 3 == len(bridge.heard_of("leave")))
        assert 1 == bridge.upgrades


async def test_who_comes_back_while_the_stream_is_being_closed_is_followed(
    bridge: ChannelBridge, client: Client
) -> None:
    for number in range(5):
        async with following_live(client, ROOM) as room:
            bridge.publish(ROOM, number)
            assert [number] == await room.data(1)


async def test_who_is_cancelled_leaves_the_channel(bridge: ChannelBridge, client: Client) -> None:
    async def read() -> None:
        async for _ in client.follow(ROOM):
            pass

    reading = asyncio.create_task(read())
    await until(lambda: bridge.heard_of("follow"))
    reading.cancel()
    await asyncio.wait([reading])

    await until(lambda: not bridge.streams)


async def test_a_channel_is_followed_once_at_a_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.client.following.follower.LEAVING_SECONDS", 0.05)
    async with following_live(client, ROOM):
        with pytest.raises(ValueError, match="follows project/01m4/01m5 already"):
            async for _ in client.follow(ROOM):
                pass


async def test_a_stream_has_so_many_channels_and_no_more(client: Client) -> None:
    async with asyncio.TaskGroup() as tasks:
        live = asyncio.Semaphore(0)
        done = asyncio.Event()

        async def hold(number: int) -> None:
            async with following_live(client, f"tenant/{number}"):
                live.release()
                await done.wait()

        for number in range(64):
            tasks.create_task(hold(number))
        for _ in range(64):
            await live.acquire()
        with pytest.raises(ValueError, match="64 channels already"):
            async for _ in client.follow("tenant/64"):
                pass
        done.set()


async def test_what_is_closed_ends_the_loops_over_it(bridge: ChannelBridge, device_path: Path) -> None:
    async with open_device(device_path) as client:
        room = Reading(client.follow(ROOM))
        await room.next(Live)
    with pytest.raises(EOFError):
        await room.next()
    await until(lambda: not bridge.streams)
    assert 1 == len(bridge.closed)


@pytest.mark.parametrize(
    "channel", ["", "tenant", "tenant/", "tenant/a,b", "tenant/a@1", "tenant/a&wait=0", "Tenant/a"]
)
async def test_what_is_no_name_of_a_channel_is_not_sent(client: Client, channel: str) -> None:
    with pytest.raises(ValueError, match="A channel is named"):
        client.follow(channel)
    with pytest.raises(ValueError, match="A channel is named"):
        await client.state(channel)


@pytest.mark.parametrize("begin", ["", "now", "0", "00000000000000ab.01", "00000000000000AB.1", f"{'0' * 16}.{2**53}"])
async def test_what_is_no_place_to_begin_is_not_sent(client: Client, begin: str) -> None:
    with pytest.raises(ValueError, match="A place to begin"):
        client.follow(ROOM, begin=begin)


# What goes wrong on the way


async def test_a_cut_loses_nothing_and_is_told(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.publish(ROOM, 1)
        assert [1] == await room.data(1)
        bridge.cut()
        bridge.publish(ROOM, 2)

        assert [2] == await room.data(1)
    assert ["live", "message 1", "stale", "live", "message 2"] == room.told


async def test_what_comes_twice_is_given_once(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.stream_faults.extend(["duplicate"] * 3)
        for number in (1, 2, 3):
            bridge.publish(ROOM, number)

        assert [1, 2, 3] == await room.data(3)
        bridge.publish(ROOM, 4)
        assert [4] == await room.data(1)


async def test_what_is_missing_is_fetched_over_the_same_stream(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.stream_faults.append("skip")
        for number in (1, 2, 3):
            bridge.publish(ROOM, number)

        assert [1, 2, 3] == await room.data(3)
    assert 1 == bridge.upgrades
    assert ["latest", bridge.log(ROOM).cursor(0)] == [frame["begin"] for frame in bridge.heard_of("follow")]


async def test_a_bridge_that_goes_on_leaving_things_out_is_not_asked_in_a_circle(
    bridge: ChannelBridge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.waits.FIRST_LIMIT_SECONDS", 3600.0)
    monkeypatch.setattr("bridge.client.waits.LAST_LIMIT_SECONDS", 3600.0)
    async with following_live(client, ROOM), following_live(client, OTHER) as other:
        nowhere = {"type": "live", "cursor": bridge.log(ROOM).cursor(9)}
        bridge.say(ROOM, nowhere)
        # At once the first time, and then after a wait that is longer than this test.
        await until(lambda: 3 == len(bridge.heard_of("follow")))
        for number in range(4):
            bridge.say(ROOM, nowhere)
            bridge.publish(OTHER, number)
            assert [number] == await other.data(1)

    assert 3 == len(bridge.heard_of("follow"))


@pytest.mark.parametrize(
    "fault", ["unsealed", "wrong_seal", "replayed_seal", "foreign_seal", "fewer_items", "changed", "cut"]
)
async def test_what_is_not_sealed_right_is_never_given_and_comes_over_another_stream(
    bridge: ChannelBridge, client: Client, fault: StreamFault
) -> None:
    async with following_live(client, ROOM) as room:
        bridge.stream_faults.append(fault)
        bridge.publish(ROOM, 1)
        bridge.publish(ROOM, 2)

        assert [1, 2] == await room.data(2)
    assert 2 == bridge.upgrades
    assert ["live", "stale", "live", "message 1", "message 2"] == room.told


@pytest.mark.parametrize("fault", ["unsealed", "wrong_seal", "says_unsealed", "none"])
async def test_a_welcome_that_is_not_sealed_is_none(
    bridge: ChannelBridge, client: Client, fault: WelcomeFault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.following.stream.WELCOME_SECONDS", 0.2)
    bridge.welcome_faults.append(fault)

    async with following_live(client, ROOM):
        assert 2 == bridge.upgrades
        # Over the first one nothing was asked.
        assert 1 == len(bridge.heard)


async def test_a_stream_that_was_there_before_is_believed_no_second_time(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.welcome_faults.append("old_stream")
        bridge.cut()
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)
    assert 3 == bridge.upgrades


async def test_what_was_said_on_another_stream_of_the_same_session_is_not_believed(
    bridge: ChannelBridge, client: Client
) -> None:
    async with following_live(client, OTHER, transport="events"):
        bridge.welcome_faults.append("recorded")

        # The WebSockets never saw the stream of events.
        async with following_live(client, ROOM) as room:
            bridge.publish(ROOM, 1)
            assert [1] == await room.data(1)
    assert (3, 1) == (bridge.upgrades, bridge.openings)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type": 7}', "x" * 70_000])
async def test_what_is_no_frame_ends_the_stream(bridge: ChannelBridge, client: Client, text: str) -> None:
    async with following_live(client, ROOM) as room:
        await bridge.streams[0].socket.send_str(text)
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)
    assert 2 == bridge.upgrades


async def test_an_item_that_this_program_does_not_know_is_let_be(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.say(ROOM, {"type": "weather", "sun": True})
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)
    assert 1 == bridge.upgrades


async def test_a_stream_over_which_nothing_is_heard_is_lost(
    bridge: ChannelBridge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.following.socket.SILENCE_SECONDS", 0.2)
    async with following_live(client, ROOM) as room:
        stale = await room.next(Stale)
        await room.next(Live)

    assert "nothing was heard for" in stale.reason
    assert 2 <= bridge.upgrades


async def test_a_ping_is_heard_and_answered(
    bridge: ChannelBridge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.following.socket.SILENCE_SECONDS", 1.0)
    async with following_live(client, ROOM) as room:
        for _ in range(15):
            await asyncio.sleep(0.1)
            await bridge.streams[0].socket.ping()  # type: ignore[union-attr]
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)
    assert 1 == bridge.upgrades


async def test_a_bridge_that_is_away_is_waited_for(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        port = bridge.port
        await bridge.stop_listening()
        bridge.cut()
        await room.next(Stale)
        bridge.publish(ROOM, 1)
        await bridge._listen(port)

        assert [1] == await room.data(1)
    assert ["live", "stale", "live", "message 1"] == room.told


async def test_who_cannot_begin_is_told_why(bridge: ChannelBridge, client: Client) -> None:
    await bridge.stop_listening()

    with pytest.raises(NoAnswer, match="no connection"):
        async for _ in client.follow(ROOM, begin_seconds=0.3):
            pass


# What the bridge says of a channel


@pytest.mark.parametrize("reason", ["epoch", "behind", "ahead"])
async def test_a_hole_that_cannot_be_filled_is_told_and_what_holds_can_be_read(
    bridge: ChannelBridge, client: Client, reason: str
) -> None:
    log = bridge.log(ROOM)
    for number in range(5):
        bridge.publish(ROOM, number, key=f"k{number % 2}")
    log.forget(1)
    begin = {"epoch": f"{'0' * 16}.2", "behind": log.cursor(2), "ahead": log.cursor(9)}[reason]
    async with following(client, ROOM, begin=begin) as room:
        reset = await room.next(Reset)
        state = await client.state(ROOM)
        bridge.publish(ROOM, 5)

        assert [5] == await room.data(1)
    assert (reason, log.cursor(5)) == (reset.reason, reset.cursor)
    assert (ROOM, log.cursor(5)) == (state.channel, state.cursor)
    assert [("k0", 4, log.cursor(5)), ("k1", 3, log.cursor(4))] == [(e.key, e.data, e.cursor) for e in state.entries]


async def test_a_hole_in_the_middle_is_told(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        cursor = bridge.log(ROOM).cursor(7)
        bridge.say(ROOM, {"type": "reset", "cursor": cursor, "reason": "behind", "snapshot": "/v1/state"})

        assert cursor == (await room.next(Reset)).cursor


async def test_what_is_left_out_for_a_slow_reader_is_told_once(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.stream_faults.extend(["skip", "skip_fault", "skip_fault"])
        bridge.publish(ROOM, 1, key="a")
        bridge.say(ROOM, *[{"type": "coalesced", "offsets": [1]}] * 2)
        bridge.publish(ROOM, 2, key="a")

        assert [2] == await room.data(1)
    assert ["live", "coalesced 1", "message 2"] == room.told
    assert isinstance(room.seen[1], Coalesced)
    assert 1 == len(bridge.heard_of("follow"))


async def test_when_the_store_is_away_and_back_is_told_once(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        live = {"type": "live", "cursor": bridge.log(ROOM).cursor(0)}
        bridge.say(ROOM, live, {"type": "stale"}, {"type": "stale"}, live, live)
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)
    assert ["live", "stale", "live", "message 1"] == room.told


async def test_who_is_elsewhere_than_the_bridge_says_follows_anew(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.stream_faults.append("skip")
        bridge.publish(ROOM, 1)
        bridge.say(ROOM, {"type": "live", "cursor": bridge.log(ROOM).cursor(1)})

        async with asyncio.timeout(LIMIT_SECONDS):
            assert [1] == await room.data(1)


async def test_a_channel_that_is_refused_ends_and_the_others_go_on(bridge: ChannelBridge, client: Client) -> None:
    bridge.denied[ROOM] = (403, "out_of_scope")
    async with following_live(client, OTHER) as other:
        with pytest.raises(OutOfScope, match=r"It is out_of_scope\."):
            async for _ in client.follow(ROOM):
                pass
        bridge.publish(OTHER, 1)

        assert [1] == await other.data(1)
    assert 1 == bridge.upgrades


async def test_a_channel_that_is_withdrawn_later_ends_too(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.publish(ROOM, 1)
        bridge.say(ROOM, {"type": "denied", "status": 403, "code": "out_of_scope", "detail": "No more."})

        assert [1] == await room.data(1)
        with pytest.raises(OutOfScope, match="No more"):
            await room.next()


@pytest.mark.parametrize("status", [429, 503])
async def test_a_channel_that_is_refused_for_now_is_asked_for_again(
    bridge: ChannelBridge, client: Client, status: int
) -> None:
    bridge.denied[ROOM] = (status, "store_unavailable")
    async with asyncio.TaskGroup() as tasks, following(client, ROOM) as room:
        live = tasks.create_task(room.next(Live))
        await until(lambda: 3 <= len(bridge.heard_of("follow")))
        del bridge.denied[ROOM]

        await live
    assert ["live"] == room.told


# What the bridge ends a stream with


@pytest.mark.parametrize(
    ("code", "openings"), [("slow", 1), ("expired", 2), ("revoked", 2), ("not_proven", 2), ("epoch", 2), ("stale", 2)]
)
async def test_after_a_goodbye_it_goes_on_over_another_stream(
    bridge: ChannelBridge, client: Client, code: str, openings: int
) -> None:
    async with following_live(client, ROOM) as room:
        bridge.bye(code)
        await room.next(Stale)
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)
    assert (2, openings) == (bridge.upgrades, bridge.openings)


async def test_who_is_told_to_come_back_waits_for_as_long_as_it_was_told(bridge: ChannelBridge, client: Client) -> None:
    loop = asyncio.get_running_loop()
    async with following_live(client, ROOM) as room:
        began = loop.time()
        bridge.bye("reconnect", retry_after_seconds=0.7)
        await room.next(Stale)
        await room.next(Live)

    assert 0.7 <= loop.time() - began


async def test_a_second_withdrawal_is_the_last_word(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.bye("revoked")
        await room.next(Stale)
        await room.next(Live)
        bridge.bye("revoked")

        with pytest.raises(Revoked, match=r"It is revoked\."):
            await room.next()
    with pytest.raises(Revoked):
        await client.request("GET", "/v1/session")
    assert 2 == bridge.openings


async def test_where_another_session_was_refused_too_it_is_kept_and_the_stream_waits(
    bridge: ChannelBridge, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    def noted(_: Waits, *, at_least: float = 0.0) -> float:
        waits.append(at_least)
        return 0.01

    monkeypatch.setattr(Waits, "next_seconds", noted)
    async with following_live(client, ROOM) as room:
        for code in ("not_proven", "replayed", "epoch"):
            bridge.bye(code, retry_after_seconds=0.02)
            await room.next(Stale)
            await room.next(Live)

    # The first time it came back at once, in another session.
    assert [0.02, 0.02] == waits
    assert (4, 2) == (bridge.upgrades, bridge.openings)


async def test_a_session_that_was_good_may_be_ended_again(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        for number in (1, 2, 3):
            bridge.bye("revoked")
            await room.next(Stale)
            bridge.publish(ROOM, number)
            assert [number] == await room.data(1)

    assert 4 == bridge.openings


async def test_a_device_that_was_removed_follows_nothing_any_more(
    bridge: ChannelBridge, client: Client, device_id: str
) -> None:
    async with following_live(client, ROOM) as room:
        bridge.devices[device_id].is_revoked = True
        bridge.bye("revoked")

        with pytest.raises(Revoked):
            await room.next()


async def test_a_fault_of_this_program_ends_it(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.bye("malformed")

        with pytest.raises(Refused, match=r"It is malformed\."):
            await room.next()
    assert 1 == bridge.upgrades


async def test_a_goodbye_without_its_seal_is_not_obeyed(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.stream_faults.append("wrong_seal")
        bridge.bye("malformed")
        await room.next(Stale)
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)


async def test_an_upgrade_that_is_refused_ends_it(bridge: ChannelBridge, client: Client, device_id: str) -> None:
    await client.request("GET", "/v1/session")
    bridge.devices[device_id].is_revoked = True

    with pytest.raises(Revoked):
        async for _ in client.follow(ROOM):
            pass


async def test_after_a_restart_it_goes_on_in_a_new_session(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.restart()
        bridge.cut()
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)
    assert {"epoch": 1} == bridge.refusals


@pytest.mark.parametrize("fault", ["unproven_revoked", "unproven_503", "cut_before", "hang"])
async def test_an_upgrade_that_nobody_answered_is_sent_again_with_another_number(
    bridge: ChannelBridge, client: Client, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.following.socket.SENDING_SECONDS", 0.3)
    monkeypatch.setattr("bridge.client.advice.MOST_UNPROVEN_SECONDS", 0.1)
    bridge.faults.append(fault)  # type: ignore[arg-type]

    async with following_live(client, ROOM):
        pass

    assert len(bridge.sent) == len({each.signature for each in bridge.sent})
    assert 1 == bridge.openings


async def test_a_fault_of_this_program_itself_reaches_whoever_follows(
    bridge: ChannelBridge, client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with following_live(client, ROOM) as room:
        monkeypatch.setattr("bridge.client.following.position.Position.take", lambda _self, _item: 1 / 0)
        bridge.publish(ROOM, 1)

        with pytest.raises(ZeroDivisionError):
            await room.next()
    assert "a fault of this program (ZeroDivisionError)" in caplog.text


# Sessions


async def test_a_stream_outlives_the_sessions_that_it_is_carried_by(bridge: ChannelBridge, client: Client) -> None:
    bridge.life_seconds = 1
    async with following_live(client, ROOM) as room:
        for number in range(3):
            await until(lambda: number < len(bridge.extended))  # noqa: B023 -- awaited before it changes
            bridge.publish(ROOM, number)
            assert [number] == await room.data(1)

    assert 1 == bridge.upgrades
    assert 3 <= len(set(bridge.extended))


async def test_after_another_session_took_over_the_old_one_seals_no_more(bridge: ChannelBridge, client: Client) -> None:
    bridge.life_seconds = 1
    async with following_live(client, ROOM) as room:
        await until(lambda: bridge.extended)
        bridge.publish(ROOM, 1)
        assert [1] == await room.data(1)
        bridge.stream_faults.append("old_key_seal")
        bridge.publish(ROOM, 2)

        assert [2] == await room.data(1)
    assert 2 == bridge.upgrades


# A reader that takes its time


async def test_a_slow_reader_stops_the_stream_fills_no_memory_and_loses_nothing(
    bridge: ChannelBridge, client: Client
) -> None:
    total, text = 3_000, "x" * 10_000
    async with following_live(client, ROOM) as room:
        for number in range(total):
            bridge.publish(ROOM, [number, text])
        (stream,) = bridge.streams
        # What the bridge could not write waits on its side.
        await until(lambda: stream.socket._writer._output_size > 0)  # type: ignore[union-attr]
        waiting = -1
        while waiting != stream.outbox.qsize():
            waiting = stream.outbox.qsize()
            await asyncio.sleep(0.3)
        (followed,) = client._followers["websocket"]._table

        assert MOST_EVENTS >= len(followed.buffer._waiting)
        assert total / 2 < waiting
        assert list(range(total)) == [number for number, _ in await room.data(total)]
    assert 1 == bridge.upgrades


async def test_who_leaves_while_the_stream_stands_still_lets_it_go_on(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, OTHER) as other:
        async with aclosing(client.follow(ROOM)) as room:
            await anext(room)
            for number in range(2 * MOST_EVENTS):
                bridge.publish(ROOM, number)
            bridge.publish(OTHER, "b")
            await until(bridge.streams[0].outbox.empty)
        assert ["b"] == await other.data(1)
