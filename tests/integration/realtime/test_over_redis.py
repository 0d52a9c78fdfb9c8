"""Whole bridges whose channels are on one Redis server: what one of them is told, those who follow the other get."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from backend.db.config import DatabaseConfig
from backend.secret import Secret
from bridge.realtime.lifecycle import ENGINE
from tests.integration.gate.house import House, open_house
from tests.integration.gate.signer import Signer
from tests.integration.realtime.channels import TENANT, put, tell
from tests.integration.realtime.reader import events, poll, reading
from tests.integration.web.waiting import until

Houses = tuple[House, House]


@pytest.fixture
async def houses(tmp_path: Path, sqlite_database: DatabaseConfig, valkey_url: str) -> AsyncIterator[Houses]:
    """Two bridges with one database and one key file, as two workers have them."""
    on_redis: dict[str, Any] = {
        "realtime_engine": "redis",
        "redis_url": Secret(valkey_url),
        "redis_give_up_seconds": 5.0,
    }
    async with AsyncExitStack() as stack:
        one = await stack.enter_async_context(open_house(tmp_path, sqlite_database, **on_redis))
        other = await stack.enter_async_context(open_house(tmp_path, sqlite_database, is_seeded=True, **on_redis))
        yield one, other


@pytest.fixture
async def signers(houses: Houses) -> tuple[Signer, Signer]:
    one, other = houses
    return await one.signer(scopes=("read",)), await other.signer(scopes=("read",))


async def test_what_is_committed_at_one_reaches_those_who_follow_at_the_other(
    houses: Houses, signers: tuple[Signer, Signer]
) -> None:
    (one, other), (here, there) = houses, signers
    async with (
        reading(one.bridge.client, here) as socket,
        events(other.bridge.client, TENANT, signer=there) as stream,
    ):
        await socket.follow(TENANT)
        await stream.of("following")
        await tell(one, 1, 2)
        await tell(other, 3)
        for reader in (socket, stream):
            assert [1, 2, 3] == sorted(await reader.messages(3))


async def test_a_cursor_of_one_is_gone_on_from_at_the_other(houses: Houses, signers: tuple[Signer, Signer]) -> None:
    (one, other), (here, there) = houses, signers
    async with reading(one.bridge.client, here) as reader:
        await reader.follow(TENANT)
        await put(one, "one", "two", "three")
        cursor = (await reader.message())["cursor"]
    async with reading(other.bridge.client, there) as again:
        assert cursor == (await again.follow(TENANT, cursor))["cursor"]
        assert ["two", "three"] == await again.messages(2)
    status, body = await poll(other.bridge.client, there, f"{TENANT}@{cursor}")
    assert (200, ["two", "three"]) == (status, [each["data"] for each in body["items"]])


async def test_who_follows_at_one_is_shown_at_the_other(houses: Houses, signers: tuple[Signer, Signer]) -> None:
    (one, other), (here, _) = houses, signers
    async with reading(one.bridge.client, here) as reader:
        await reader.follow(TENANT)

        async def is_shown() -> bool:
            return ["device"] == [each.kind for each in await other.app[ENGINE].present(TENANT)]

        await until(is_shown)
