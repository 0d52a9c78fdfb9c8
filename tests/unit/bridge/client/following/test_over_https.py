"""Over https the certificate does what seals do."""

import ssl
from collections.abc import AsyncIterator

import pytest
import trustme

from bridge.client import Client, NotTheBridge, open_game
from tests.fakes.channel_bridge import ChannelBridge

from .reading import following_live

ROOM = "game/01m4/9801"
BEARER = "tbx_game_0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def bridge(authority: trustme.CA) -> AsyncIterator[ChannelBridge]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    async with ChannelBridge(tls=context) as stand_in:
        stand_in.game_keys.add(BEARER)
        yield stand_in


@pytest.fixture
async def client(authority: trustme.CA, bridge: ChannelBridge) -> AsyncIterator[Client]:
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    async with open_game(bridge.url, BEARER, universe_id=9801, place_id=95206881, tls=trusted) as opened:
        yield opened


async def test_a_stream_goes_without_seals_and_loses_nothing(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.stream_faults.extend(["duplicate", "skip"])
        for number in (1, 2, 3):
            bridge.publish(ROOM, number)
        assert [1, 2, 3] == await room.data(3)
        bridge.cut()
        bridge.publish(ROOM, 4)

        assert [4] == await room.data(1)
    assert 0 == bridge.sealed


async def test_a_stream_outlives_the_sessions_that_it_is_carried_by(bridge: ChannelBridge, client: Client) -> None:
    bridge.life_seconds = 1
    async with following_live(client, ROOM) as room:
        while len(bridge.extended) < 2:
            bridge.publish(ROOM, len(bridge.extended))
            await room.data(1)

    assert 1 == bridge.upgrades


async def test_a_seal_is_looked_at_where_there_is_one(bridge: ChannelBridge, client: Client) -> None:
    bridge.seals_over_https = True
    async with following_live(client, ROOM) as room:
        bridge.stream_faults.append("wrong_seal")
        bridge.publish(ROOM, 1)

        assert [1] == await room.data(1)
    assert 2 == bridge.upgrades


async def test_a_bridge_that_speaks_in_another_form_is_told_of(bridge: ChannelBridge, client: Client) -> None:
    async with following_live(client, ROOM) as room:
        bridge.say(ROOM, {"type": "message", "cursor": "1"})

        with pytest.raises(NotTheBridge, match="cursor is no place in a channel"):
            await room.next()
