"""What is kept for a WebSocket on which nothing is said, and what becomes of what is done for one."""

import asyncio
import gc
from contextlib import AsyncExitStack
from typing import Any, NoReturn

import pytest
from aiohttp import WSMsgType

from backend.web.exchange import Exchange
from backend.web.keys import UNPROVEN
from bridge.realtime.desk import DESK
from bridge.realtime.transports.websocket import WebSocketStream
from tests.integration.gate.house import House
from tests.integration.realtime.channels import TENANT, put
from tests.integration.realtime.reader import STREAM, reading, spoken
from tests.integration.web.waiting import until

SOCKETS = 5


def tasks_of_streams() -> list[str]:
    names = [str(getattr(task.get_coro(), "__qualname__", "")) for task in asyncio.all_tasks()]
    return [name for name in names if name in {"RequestHandler._handle_request", "WebSocketStream._hear"}]


def requests_kept() -> int:
    gc.collect()
    return sum(isinstance(each, Exchange) for each in gc.get_objects())


async def test_an_idle_stream_has_no_task_and_nothing_of_its_request(house: House) -> None:
    signer = await house.signer(scopes=("read",))
    async with AsyncExitStack() as stack:
        readers = [await stack.enter_async_context(reading(house.bridge.client, signer)) for _ in range(SOCKETS)]
        for reader in readers:
            await reader.follow(TENANT)
        await until(lambda: not tasks_of_streams())
        await until(lambda: 0 == requests_kept())
        assert SOCKETS == house.app[DESK].meter.open["websocket"]
        await put(house, 1)
        assert [[1]] * SOCKETS == [await reader.messages(1) for reader in readers]


async def test_a_task_is_made_only_for_what_has_to_wait(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """All streams are pinged at about the same time: a task for each answer would be thousands at once."""
    signer = await house.signer(scopes=("read",))
    made: list[str] = []
    hear = WebSocketStream._hear

    async def noted(stream: WebSocketStream, said: Any) -> None:
        made.append(type(said).__name__)
        await hear(stream, said)

    monkeypatch.setattr(WebSocketStream, "_hear", noted)
    async with reading(house.bridge.client, signer) as reader:
        await reader.socket.pong()
        await reader.socket.ping()
        await reader.say({"type": "ping"})
        await reader.say({"type": "leave", "channel": TENANT})
        assert ["pong", "left"] == [(await reader.item())["type"] for _ in range(2)]
        assert [] == made
        await reader.follow(TENANT)
        assert ["Follow"] == made


async def test_whoever_goes_while_something_is_done_for_it_is_let_go(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = await house.signer(scopes=("read",))
    desk = house.app[DESK]
    is_asked_for = asyncio.Event()

    async def never(*_: Any) -> NoReturn:
        is_asked_for.set()
        await asyncio.Event().wait()
        raise AssertionError

    async with reading(house.bridge.client, signer) as reader:
        monkeypatch.setattr(desk.hub, "feed", never)
        await reader.say({"type": "follow", "channel": TENANT, "begin": "latest"})
        await is_asked_for.wait()
        assert 1 == desk.meter.open["websocket"]
        writer = reader.socket._writer.transport
        assert writer is not None
        writer.abort()
        await until(lambda: 0 == desk.meter.open["websocket"])
        await until(lambda: not tasks_of_streams())


async def test_whoever_goes_while_its_first_frame_is_looked_at_leaves_nothing_behind(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    signer = await house.signer(scopes=("read",))
    desk = house.app[DESK]
    is_asked_for, may_answer = asyncio.Event(), asyncio.Event()
    admitted = desk.admitted

    async def late(*asked: Any) -> Any:
        principal = await admitted(*asked)
        is_asked_for.set()
        await may_answer.wait()
        return principal

    monkeypatch.setattr(desk, "admitted", late)
    async with house.bridge.client.ws_connect(STREAM) as socket:
        await socket.send_json(spoken(signer, "hello", STREAM))
        await is_asked_for.wait()
        there = house.app[UNPROVEN].connections
        writer = socket._writer.transport
        assert writer is not None
        writer.abort()
    await until(lambda: there - 1 == house.app[UNPROVEN].connections)
    may_answer.set()
    await until(lambda: 0 == desk.meter.open["websocket"])
    assert [] == [each.message for each in caplog.records if each.levelname in {"WARNING", "ERROR"}]
    assert not any(each.members for each in desk.hub.feeds)


async def test_a_mistake_of_ours_ends_the_stream_and_is_logged(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    signer = await house.signer(scopes=("read",))
    desk = house.app[DESK]

    async def mistaken(*_: Any) -> NoReturn:
        raise RuntimeError("a mistake")

    async with reading(house.bridge.client, signer) as reader:
        monkeypatch.setattr(desk.hub, "feed", mistaken)
        await reader.say({"type": "follow", "channel": TENANT, "begin": "latest"})
        assert WSMsgType.CLOSED is (await reader.socket.receive()).type
        await until(lambda: 0 == desk.meter.open["websocket"])
    assert ["a stream ended in an unexpected error"] == [
        each.message for each in caplog.records if each.levelname == "ERROR"
    ]


async def test_what_is_said_while_something_is_done_is_heard_after_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = await house.signer(scopes=("read",))
    desk = house.app[DESK]
    is_asked_for, may_come = asyncio.Event(), asyncio.Event()
    found = desk.hub.feed

    async def late(*asked: Any) -> Any:
        is_asked_for.set()
        await may_come.wait()
        return await found(*asked)

    async with reading(house.bridge.client, signer) as reader, reading(house.bridge.client, signer) as other:
        monkeypatch.setattr(desk.hub, "feed", late)
        await reader.say({"type": "follow", "channel": TENANT, "begin": "latest"})
        await is_asked_for.wait()
        await reader.say({"type": "ping"})
        # What was sent before this is at the bridge when it is answered.
        await other.say({"type": "ping"})
        assert "pong" == (await other.item())["type"]
        may_come.set()
        assert ["following", "pong"] == [(await reader.item())["type"] for _ in range(2)]
