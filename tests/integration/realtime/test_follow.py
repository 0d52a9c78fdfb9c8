"""The Python client follows channels of the whole bridge, behind a proxy that cuts connections."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest

from backend.db.config import DatabaseConfig
from bridge.client import Client, Device, Message, OutOfScope, Refused, Reset, Revoked, Stale, open_device
from bridge.client.device_file import DeviceFile
from bridge.gate.principal import Scope
from bridge.realtime.desk import DESK
from bridge.realtime.names import project_channel, tenant_channel
from bridge.realtime.transports import outlet
from tests.fakes.cutting_proxy import CuttingProxy
from tests.integration.db.waiting import until
from tests.integration.gate.house import open_house
from tests.integration.gate.test_client import BEHIND, Place
from tests.integration.realtime.channels import put, tell
from tests.ledger.people import SCHOOL
from tests.unit.bridge.client.following.reading import following_live

ROOM = tenant_channel(SCHOOL)
PROJECT = project_channel(SCHOOL, "01jpmv8r7m0000000000000001")
Road = Literal["websocket", "events", "poll"]
every_road = pytest.mark.parametrize("road", ["websocket", "events", "poll"])


@pytest.fixture
async def place(tmp_path: Path, sqlite_database: DatabaseConfig) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(open_house(tmp_path, sqlite_database, **BEHIND))
        async with CuttingProxy(house.bridge.port) as proxy:
            yield Place(tmp_path, sqlite_database, proxy, stack, house)


@asynccontextmanager
async def paired(place: Place) -> AsyncIterator[Client]:
    file = await place.device_file(scopes=(Scope.READ, Scope.SYNC))
    async with open_device(file.path) as client:
        yield client


@pytest.fixture
async def client(place: Place) -> AsyncIterator[Client]:
    async with paired(place) as opened:
        yield opened


def cut(place: Place) -> None:
    for writers in tuple(place.proxy._open.values()):
        for writer in writers:
            writer.transport.abort()


def streams(place: Place) -> int:
    return len(place.house.app[DESK]._streams)


@every_road
async def test_what_is_committed_comes_in_order(place: Place, client: Client, road: Road) -> None:
    async with following_live(client, ROOM, transport=road) as room:
        await tell(place.house, *range(20))

        assert list(range(20)) == await room.data(20)


@every_road
async def test_it_goes_on_from_a_cursor_and_from_the_earliest(place: Place, client: Client, road: Road) -> None:
    async with following_live(client, ROOM, transport=road) as room:
        await tell(place.house, *range(1000))
        await room.data(400)
        cursor = room.seen[-1].cursor  # type: ignore[union-attr]
    async with following_live(client, ROOM, begin=cursor, transport=road) as room:
        assert list(range(400, 1000)) == await room.data(600)
    async with following_live(client, ROOM, begin="earliest", transport=road) as room:
        assert list(range(1000)) == await room.data(1000)


async def test_a_stream_carries_many_channels_and_ends_with_the_last(place: Place, client: Client) -> None:
    async with following_live(client, ROOM) as room, following_live(client, PROJECT) as project:
        await tell(place.house, "a")
        await tell(place.house, "b", channel=PROJECT)

        assert (["a"], ["b"]) == (await room.data(1), await project.data(1))
        assert 1 == streams(place)
    await until(lambda: 0 == streams(place))


@every_road
async def test_cuts_lose_nothing_and_double_nothing(place: Place, client: Client, road: Road) -> None:
    async with following_live(client, ROOM, transport=road) as room:
        for number in range(8):
            await tell(place.house, 2 * number)
            if number % 2:
                cut(place)
            await tell(place.house, 2 * number + 1)

        assert list(range(16)) == await room.data(16)


@every_road
async def test_after_a_restart_of_a_bridge_that_keeps_nothing_a_reset_is_told(
    place: Place, client: Client, road: Road
) -> None:
    async with following_live(client, ROOM, transport=road) as room:
        await tell(place.house, 1)
        assert [1] == await room.data(1)
        await place.restart()
        reset = await room.next(Reset)
        await tell(place.house, 2)

        assert [2] == await room.data(1)
    assert "epoch" == reset.reason


async def test_whoever_is_drained_comes_back(place: Place, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        desk = place.house.app[DESK]
        desk.drain()
        stale = await room.next(Stale)
        desk.is_draining = False
        await tell(place.house, 1)

        assert [1] == await room.data(1)
    assert "(reconnect)" in stale.reason


async def test_what_holds_can_be_read(place: Place, client: Client) -> None:
    await tell(place.house, 1, 2, key="a")
    await tell(place.house, {"on": True}, key="b")
    await tell(place.house, None, key="a")
    await tell(place.house, "no state")
    async with following_live(client, ROOM, begin="earliest") as room:
        await room.data(5)
    state = await client.state(ROOM)

    assert [("b", {"on": True})] == [(entry.key, entry.data) for entry in state.entries]
    assert (ROOM, room.seen[-1].cursor) == (state.channel, state.cursor)  # type: ignore[union-attr]


@every_road
async def test_what_may_not_be_followed_is_refused_and_the_others_go_on(
    place: Place, client: Client, road: Road
) -> None:
    async with following_live(client, ROOM, transport=road) as room:
        for channel, refusal in ((f"game/{SCHOOL}/9801", OutOfScope), ("tenant/01jpmv8r7m0000000000000009", Refused)):
            with pytest.raises(refusal):
                async for _ in client.follow(channel, transport=road):
                    pass
        await tell(place.house, 1)

        assert [1] == await room.data(1)


@pytest.mark.parametrize("road", ["websocket", "events"])
async def test_a_stream_outlives_its_session(
    place: Place, client: Client, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.client.session.RENEWED_BEFORE_SECONDS", (899.0, 899.0))
    monkeypatch.setattr("bridge.client.session._RENEWED_PART", 0.999)
    async with following_live(client, ROOM, transport=road) as room:
        (stream,) = place.house.app[DESK]._streams.values()
        first = stream.follower.principal.sid  # type: ignore[attr-defined]
        await until(lambda: first != stream.follower.principal.sid)  # type: ignore[attr-defined]
        await tell(place.house, 1)

        assert [1] == await room.data(1)
    assert "stale" not in room.told


@every_road
async def test_a_session_that_somebody_ended_is_followed_by_another(place: Place, road: Road) -> None:
    file = await place.device_file(scopes=(Scope.READ,))
    async with open_device(file.path) as client, following_live(client, ROOM, transport=road) as room:
        assert 1 == await place.end_sessions((await _device(file)).device_id)
        await tell(place.house, 1)

        assert [1] == await room.data(1)


@every_road
async def test_a_device_that_was_removed_follows_nothing_any_more(place: Place, road: Road) -> None:
    file = await place.device_file(scopes=(Scope.READ,))
    async with open_device(file.path) as client, following_live(client, ROOM, transport=road) as room:
        await place.revoke((await _device(file)).device_id)

        with pytest.raises(Revoked):
            await room.next()


async def test_whoever_was_let_go_as_too_slow_goes_on_and_is_told_what_is_missing(
    place: Place, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The system takes much for them, so that they are let go once, after the last message.
    monkeypatch.setattr(outlet, "UNSENT_BYTES", 1 << 30)
    text, total = "x" * 50_000, 600
    async with following_live(client, ROOM) as room:
        for number in range(total):
            await put(place.house, [number, text], channel=ROOM)
        await until(lambda: 0 == streams(place))
        reset = await room.next(Reset)
        await tell(place.house, "after it")
        assert ["after it"] == await room.data(1)

    # More than the channel keeps went by: one hole, which was told, after which it goes on.
    before = [event.data[0] for event in room.seen[:-1] if isinstance(event, Message)]  # type: ignore[index]
    assert list(range(len(before))) == before
    assert ("behind", total) == (reset.reason, int(reset.cursor.partition(".")[2]))
    assert total > len(before)


async def _device(file: DeviceFile) -> Device:
    return await asyncio.to_thread(file.read)
