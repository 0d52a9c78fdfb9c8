"""Following channels over a WebSocket, against the whole bridge."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from backend.db.config import DatabaseConfig
from bridge.realtime.cursor import Cursor
from bridge.realtime.lifecycle import ENGINE
from bridge.realtime.limits import HistoryLimits
from tests.integration.gate.house import House, open_house
from tests.integration.realtime.channels import OF_PROJECT, TENANT, put, tell, top
from tests.integration.realtime.reader import Reader, reading
from tests.integration.web.waiting import until
from tests.ledger.people import SCHOOL


async def test_what_is_committed_reaches_whoever_follows(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        assert "following" == (await reader.follow(TENANT))["type"]
        await tell(house, 1, 2, 3)
        assert [1, 2, 3] == await reader.messages(3)


async def test_a_cursor_is_gone_on_from_without_a_gap(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        await tell(house, "one", "two", "three")
        cursor = (await reader.message())["cursor"]
        await reader.messages(2)
    async with reading(house.bridge.client, signer) as again:
        assert cursor == (await again.follow(TENANT, cursor))["cursor"]
        assert ["two", "three"] == await again.messages(2)


async def test_the_first_item_says_which_stream_it_is_and_how_long_it_lasts(house: House) -> None:
    ends_at = int(time.time() * 1000) + 100_000
    signer = await house.signer(scopes=("read",), ends_at=ends_at)
    async with reading(house.bridge.client, signer) as reader:
        welcome = reader.welcome

    assert {"type", "stream", "sealed", "expires_in_seconds", "time_milliseconds"} == set(welcome)
    assert 22 == len(welcome["stream"])
    # Its session and its overlap.
    assert 150 < welcome["expires_in_seconds"] <= 160
    assert abs(time.time() * 1000 - welcome["time_milliseconds"]) < 10_000


async def test_a_message_has_all_that_the_protocol_says(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        await put(house, {"a": [None, "\u00e4\n"]}, key="the key")
        found = await reader.message()

    assert str(await top(house)) == found.pop("cursor")
    assert abs(time.time() * 1000 - found.pop("at")) < 10_000
    assert {"type": "message", "channel": TENANT, "key": "the key", "data": {"a": [None, "\u00e4\n"]}} == found


async def test_earliest_is_all_that_is_kept_and_latest_is_what_comes(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    cursors = await put(house, 1, 2)
    async with reading(house.bridge.client, signer) as reader:
        first = await reader.follow(TENANT, "earliest")
        assert f"{cursors[0].epoch}.0" == first["cursor"]
        assert [1, 2] == await reader.messages(2)
        assert str(cursors[1]) == (await reader.follow(TENANT, "latest"))["cursor"]
        await put(house, 3)
        assert [3] == await reader.messages(1)


async def test_much_that_was_missed_comes_under_seals_that_a_client_takes(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    await put(house, *range(700))
    # Its reader holds each seal to 256 items.
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT, "earliest")
        assert [*range(700)] == await reader.messages(700)


async def test_to_follow_again_begins_anew(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        await put(house, 1, 2)
        assert [1, 2] == await reader.messages(2)
        assert "following" == (await reader.follow(TENANT, "earliest"))["type"]
        assert [1, 2] == await reader.messages(2)
        await put(house, 3)
        # Once, though it was followed twice.
        assert [3] == await reader.messages(1)
        await reader.say({"type": "ping"})
        assert "pong" == (await reader.item())["type"]


async def test_a_channel_that_was_left_tells_nothing_more(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        await reader.say({"type": "leave", "channel": TENANT})
        assert {"type": "left", "channel": TENANT} == await reader.item()
        await put(house, 1)
        await reader.say({"type": "ping"})
        assert "pong" == (await reader.item())["type"]
        # What is not followed can be left too.
        await reader.say({"type": "leave", "channel": TENANT})
        assert {"type": "left", "channel": TENANT} == await reader.item()


async def test_a_ping_is_answered_with_the_time(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        await reader.say({"type": "ping"})
        pong = await reader.item()

    assert {"type", "time_milliseconds"} == set(pong)
    assert abs(time.time() * 1000 - pong["time_milliseconds"]) < 10_000


async def test_one_stream_follows_64_channels_and_no_more(house: House) -> None:
    signer = await house.signer(scopes=("sync",))
    channels = [f"project/{SCHOOL}/{number:026d}" for number in range(65)]
    async with reading(house.bridge.client, signer) as reader:
        said = [await reader.follow(channel) for channel in channels]
        assert ["following"] * 64 == [each["type"] for each in said[:64]]
        assert ("denied", channels[64]) == (said[64]["type"], said[64]["channel"])
        # Those that it follows go on, and can be followed anew.
        assert "following" == (await reader.follow(channels[0]))["type"]
        await reader.say({"type": "leave", "channel": channels[0]})
        await reader.item()
        assert "following" == (await reader.follow(channels[64]))["type"]
        await put(house, 1, channel=channels[63])
        assert channels[63] == (await reader.message())["channel"]


async def test_channels_are_told_apart_and_one_is_no_reason_to_read_another(house: House) -> None:
    signer = await house.signer(scopes=("read", "sync"))
    await put(house, "old", channel=OF_PROJECT)
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT, "earliest")
        await put(house, "of the project", channel=OF_PROJECT)
        await put(house, "of the tenant")
        assert (TENANT, "of the tenant") == _of(await reader.message())
        await reader.follow(OF_PROJECT, "earliest")
        assert [(OF_PROJECT, "old"), (OF_PROJECT, "of the project")] == [_of(await reader.message()) for _ in range(2)]


def _of(message: dict[str, Any]) -> tuple[str, object]:
    return message["channel"], message["data"]


@pytest.mark.parametrize("begin", ["now", "0", "0123456789abcdef.01", "0123456789ABCDEF.1", "0123456789abcdef.-1"])
async def test_what_is_no_place_is_denied_and_the_stream_goes_on(house: House, begin: str) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        denied = await reader.follow(TENANT, begin)
        assert ("denied", TENANT, 400, "invalid_request") == tuple(
            denied[name] for name in ("type", "channel", "status", "code")
        )
        assert "following" == (await reader.follow(TENANT))["type"]


async def test_what_is_denied_when_it_is_followed_anew_is_followed_no_more(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        assert "denied" == (await reader.follow(TENANT, "nowhere"))["type"]
        await put(house, 1)
        await reader.say({"type": "ping"})
        assert "pong" == (await reader.item())["type"]


@pytest.fixture
async def forgetful(tmp_path: Path, sqlite_database: DatabaseConfig) -> Any:
    """A bridge whose channels keep three messages."""
    async with open_house(tmp_path, sqlite_database, parts={"history": HistoryLimits(messages=3)}) as opened:
        yield opened


async def _reset(reader: Reader, begin: str) -> tuple[str, str, str]:
    """Follow from a place; return the reason of the reset, where it goes on, and where it says that it begins."""
    reset = await reader.follow(TENANT, begin)
    assert f"/v1/state?channel={TENANT}" == reset["snapshot"]
    following = await reader.of("following")
    return reset["reason"], reset["cursor"], following["cursor"]


async def test_what_cannot_be_had_any_more_is_said_with_its_reason(forgetful: House) -> None:
    signer = await forgetful.signer(scopes=("read",))
    cursors = await put(forgetful, *range(1, 6))
    last = str(cursors[-1])
    epoch = cursors[0].epoch
    async with reading(forgetful.bridge.client, signer) as reader:
        for begin, reason in (
            (str(cursors[0]), "behind"),
            (f"{epoch}.6", "ahead"),
            (f"{'0' * 16}.5", "epoch"),
        ):
            assert (reason, last, last) == await _reset(reader, begin)
        # The oldest place from which nothing is missing.
        assert str(cursors[1]) == (await reader.follow(TENANT, str(cursors[1])))["cursor"]
        assert [3, 4, 5] == await reader.messages(3)
        await put(forgetful, 6)
        assert [6] == await reader.messages(1)


async def test_a_client_that_left_with_a_word_is_let_go_with_one(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        assert await reader.socket.close(code=1000)
        assert 1000 == reader.socket.close_code


async def test_whoever_is_gone_is_not_there_any_more(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    engine = house.app[ENGINE]
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        await until(lambda: _number_present(engine, 1))
        async with reading(house.bridge.client, signer) as other:
            await other.follow(TENANT)
            await until(lambda: _number_present(engine, 2))
    await until(lambda: _number_present(engine, 0))


async def _number_present(engine: Any, number: int) -> bool:
    return number == len(await engine.present(TENANT))


async def test_many_who_follow_get_the_same(house: House) -> None:
    signers = [await house.signer(scopes=("read",)) for _ in range(10)]

    async def follow(signer: Any) -> list[Any]:
        async with reading(house.bridge.client, signer) as reader:
            await reader.follow(TENANT)
            started.release()
            return [(each["cursor"], each["data"]) for each in [await reader.message() for _ in range(50)]]

    started = asyncio.Semaphore(0)
    following = [asyncio.create_task(follow(signer)) for signer in signers]
    for _ in signers:
        await started.acquire()
    cursors = await put(house, *range(50))

    expected = [(str(cursor), number) for number, cursor in enumerate(cursors)]
    assert [expected] * 10 == await asyncio.gather(*following)
    assert Cursor(cursors[0].epoch, 50) == cursors[-1]
