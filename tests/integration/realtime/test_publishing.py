"""A change and its message: kept together or not at all, once, and in the order of the commits."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from backend.db.config import DatabaseConfig
from backend.db.fresh import OutboxRow
from backend.db.handlers import Handlers
from backend.db.unit import Transaction
from backend.errors import InvalidRequest, StoreUnavailable
from bridge.keys import DATABASE, OUTBOX_HANDLERS
from bridge.realtime.desk import DESK
from bridge.realtime.engines.engine import Published
from bridge.realtime.lifecycle import ENGINE
from bridge.realtime.message import DATA_LIMIT_BYTES, KEY_LIMIT, NewMessage
from bridge.realtime.publishing import KIND, publish
from tests.integration.gate.house import House, open_house
from tests.integration.realtime.channels import OF_PROJECT, TENANT, tell, top
from tests.integration.realtime.reader import reading
from tests.integration.web.waiting import until


@pytest.fixture
async def each_house(tmp_path: Path, database_config: DatabaseConfig) -> AsyncIterator[House]:
    async with open_house(tmp_path, database_config) as opened:
        yield opened


async def test_what_is_committed_is_published_once_and_in_order(each_house: House) -> None:
    signer = await each_house.signer(scopes=("read",))
    async with reading(each_house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        for number in range(0, 30, 3):
            await tell(each_house, number, number + 1, number + 2)
        assert [*range(30)] == await reader.messages(30)

    assert 30 == (await top(each_house)).offset
    assert 30 == each_house.app[DESK].meter.published


async def test_what_is_rolled_back_is_not_published(each_house: House) -> None:
    async def unit(tx: Transaction) -> None:
        await publish(tx, TENANT, "never")
        raise InvalidRequest("It went wrong.")

    signer = await each_house.signer(scopes=("read",))
    async with reading(each_house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        with pytest.raises(InvalidRequest):
            await each_house.app[DATABASE].write(unit)
        await tell(each_house, "after")
        assert ["after"] == await reader.messages(1)

    assert 1 == (await top(each_house)).offset


class Lossy:
    """An engine that adds what it is given, and the answer of its first tries gets lost."""

    def __init__(self, engine: object, tries: int) -> None:
        self._engine = engine
        self.left = tries
        self.tried: list[NewMessage] = []

    async def publish(self, channel: str, new: NewMessage) -> Published:
        self.tried.append(new)
        published: Published = await self._engine.publish(channel, new)  # type: ignore[attr-defined]
        if self.left:
            self.left -= 1
            raise StoreUnavailable("Nobody can say what became of it.")
        return published

    def __getattr__(self, name: str) -> object:
        return getattr(self._engine, name)


async def test_what_is_tried_again_is_published_once(house: House) -> None:
    lossy = Lossy(house.app[ENGINE], tries=1)
    house.app._state[ENGINE] = lossy  # the handler asks for it by its name
    signer = await house.signer(scopes=("read",))
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        await tell(house, "first", "second")
        assert ["first", "second"] == await reader.messages(2)
        await until(lambda: 2 == house.app[DESK].meter.published)

    assert ["first", "first", "second"] == [each.data.decode().strip('"') for each in lossy.tried]
    assert lossy.tried[0].idempotency_key == lossy.tried[1].idempotency_key != lossy.tried[2].idempotency_key
    assert 2 == (await top(house)).offset


async def test_a_handler_that_runs_twice_publishes_once(house: House) -> None:
    handlers: Handlers = house.app[OUTBOX_HANDLERS]
    row = OutboxRow(7, None, KIND, None, {"channel": TENANT, "key": "k", "data": {"a": 1}}, 1)
    await handlers[KIND].handler(row)
    await handlers[KIND].handler(replace(row, attempts=2))
    await handlers[KIND].handler(replace(row, id=8))

    kept = (await house.app[ENGINE].read(TENANT)).messages
    assert [(1, "k", b'{"a":1}'), (2, "k", b'{"a":1}')] == [(each.cursor.offset, each.key, each.data) for each in kept]


async def test_channels_do_not_wait_for_each_other(house: House) -> None:
    lossy = Lossy(house.app[ENGINE], tries=1)
    house.app._state[ENGINE] = lossy
    signer = await house.signer(scopes=("read", "sync"))
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(OF_PROJECT)
        await tell(house, "held up")
        await until(lambda: 0 == lossy.left)
        await tell(house, "not held up", channel=OF_PROJECT)
        assert ["not held up"] == await reader.messages(1)


@pytest.mark.parametrize(
    ("data", "key"),
    [("x" * (DATA_LIMIT_BYTES - 1), None), ("x", ""), ("x", "k" * (KEY_LIMIT + 1))],
)
async def test_what_no_channel_takes_is_refused_before_it_is_committed(
    house: House, data: str, key: str | None
) -> None:
    with pytest.raises(ValueError, match=r"a message holds|a key has"):
        await house.app[DATABASE].write(lambda tx: publish(tx, TENANT, data, key=key))


async def test_what_just_fits_reaches_whoever_follows(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    data, key = "x" * (DATA_LIMIT_BYTES - 2), '"' * KEY_LIMIT
    async with reading(house.bridge.client, signer) as reader:
        await reader.follow(TENANT)
        await tell(house, data, key=key)
        found = await reader.message()

    assert (data, key) == (found["data"], found["key"])


async def test_a_channel_that_cannot_be_is_a_mistake_of_ours(house: House) -> None:
    with pytest.raises(InvalidRequest):
        await house.app[DATABASE].write(lambda tx: publish(tx, "tenant/nobody", 1))
