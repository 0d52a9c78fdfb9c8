"""Everything goes wrong at once, by chance: what is read is still whole, in order, and each of it once."""

import asyncio
import random
from typing import Any, Literal, get_args

import pytest

from bridge.client import Client, Message
from tests.fakes.channel_bridge import ChannelBridge, StreamFault
from tests.fakes.stand_in_bridge import Fault

from .reading import following_live

ROOMS = ("project/01m4/01m5", "tenant/01m4", "game/01m4/9801")
MESSAGES = 150
# What is seen at once: silence is another test's.
STREAM_FAULTS: list[StreamFault] = sorted(set(get_args(StreamFault)) - {"unsealed", "old_key_seal"})
FAULTS: list[Fault] = ["cut_before", "cut_after", "no_proof", "wrong_proof", "unproven_revoked", "bad_gateway"]
BYES = ("slow", "expired", "reconnect", "unheard of")


async def _published(bridge: ChannelBridge, chance: random.Random) -> None:
    """Publish all of it, and lay something in the way of each third message."""
    for number in range(MESSAGES):
        for room in ROOMS:
            match chance.randrange(12):
                case 0 | 1 | 2:
                    bridge.stream_faults.append(chance.choice(STREAM_FAULTS))
                case 3:
                    bridge.faults.append(chance.choice(FAULTS))
                case 4:
                    bridge.cut()
                case 5 if number % 10 == 0:
                    bridge.bye(chance.choice(BYES))
                case 6 if number % 50 == 0:
                    bridge.restart()
            bridge.publish(room, number, key=chance.choice([None, "a"]))
        await asyncio.sleep(chance.choice([0.0, 0.005, 0.02]))
    # From here on all is well, so that whoever lost the last of it is told so.
    bridge.stream_faults.clear()
    bridge.faults.clear()
    bridge.cut()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("transport", ["websocket", "events", "poll"])
async def test_through_a_storm_all_of_it_is_read_once_and_in_order(
    bridge: ChannelBridge,
    client: Client,
    transport: Literal["websocket", "events", "poll"],
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bridge.client.following.poll_road.WAIT_SECONDS", 1)
    chance = random.Random(seed)  # noqa: S311 -- the same storm each time

    async def read(room: str, begun: asyncio.Semaphore) -> list[Any]:
        async with following_live(client, room, transport=transport) as reading:
            begun.release()
            data = await reading.data(MESSAGES)
            told = {type(event) for event in reading.seen if not isinstance(event, Message)}
            assert {"Live", "Stale"} >= {each.__name__ for each in told}
            return data

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        begun = asyncio.Semaphore(0)
        readers = [tasks.create_task(read(room, begun)) for room in ROOMS]
        for _ in readers:
            await begun.acquire()
        await _published(bridge, chance)

    # It was a storm.
    assert 20 < bridge.upgrades + len(bridge.polls)
    assert [list(range(MESSAGES))] * len(ROOMS) == [reader.result() for reader in readers]
