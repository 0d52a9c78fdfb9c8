"""Following over a WebSocket: whole and in order, whatever becomes of the connections."""

import asyncio

from bridge.client import Client, Live, Message
from tests.fakes.channel_bridge import ChannelBridge

from .reading import following, following_live

ROOM = "project/01m4/01m5"
OTHER = "tenant/01m4"


async def test_what_is_published_comes_in_order(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        for number in range(5):
            bridge.publish(ROOM, {"n": number})

        assert [{"n": number} for number in range(5)] == await room.data(5)


async def test_a_cut_loses_nothing(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.publish(ROOM, 1)
        assert [1] == await room.data(1)
        bridge.cut()
        bridge.publish(ROOM, 2)

        assert [2] == await room.data(1)
    assert ["live", "message 1", "stale", "live", "message 2"] == room.told
