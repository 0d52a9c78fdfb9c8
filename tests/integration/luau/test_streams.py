"""The simulator's sockets: what a script is told of them, over real ones."""

import asyncio
import hashlib
import socket
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import WSMessage, web

from tests.integration.luau.test_sim import ended

pytestmark = pytest.mark.timeout(1800)

# Opens a socket, and tells all that it is told.
OPEN = """
local HttpService = game:GetService("HttpService")
local function open(address, headers)
    local options = { Url = address, Headers = headers }
    local client = HttpService:CreateWebStreamClient(Enum.WebStreamClientType.WebSocket, options)
    for _, name in { "Opened", "MessageReceived", "Error", "Closed" } do
        client[name]:Connect(function(one, other)
            if name == "Opened" then other = nil end
            print(name, client.ConnectionState.Name, one, other)
        end)
    end
    return client
end
"""

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def said(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


async def script(sim: Path, tmp_path: Path, text: str) -> tuple[int, str]:
    return await asyncio.to_thread(ended, sim, tmp_path, OPEN + text)


async def echo(request: web.Request) -> web.WebSocketResponse:
    """Say again what is said, with the length of it; `end` ends it, `break` breaks it off."""
    if request.query.get("refuse"):
        raise web.HTTPUnauthorized(text="no")
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_str(request.headers.get("X-Who", "nobody"))
    message: WSMessage
    async for message in socket:
        match message.data:
            case "end":
                await socket.close()
            case "break":
                assert request.transport is not None
                request.transport.abort()
            case text:
                await socket.send_str(f"{len(text)} {text[:8]}")
    return socket


@pytest.fixture
async def address() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/", echo)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"ws://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw(talk: Talk) -> AsyncIterator[str]:
    """Serve a server that says bytes, once it has accepted the upgrade."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.partition(": ")[2] for line in head.split("\r\n") if line.startswith("Sec-WebSocket-Key"))
        digest = hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode(), usedforsecurity=False).digest()
        accept = b"Sec-WebSocket-Accept: " + b64encode(digest)
        writer.write(b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" + accept + b"\r\n\r\n")
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_a_script_hears_and_is_heard(sim: Path, tmp_path: Path, address: str) -> None:
    text = f"""
    local client = open("{address}", {{ ["X-Who"] = "me" }})
    print(client.ConnectionState.Name)
    client.MessageReceived:Wait()
    client:Send("short")
    client:Send(string.rep("m", 300))
    client:Send(string.rep("l", 70000))
    for _ = 1, 3 do client.MessageReceived:Wait() end
    client:Send("end")
    client.Closed:Wait()
    """
    assert await script(sim, tmp_path, text) == (
        0,
        said(
            "Connecting",
            "Opened\tOpen\t101\tnil",
            "MessageReceived\tOpen\tme\tnil",
            "MessageReceived\tOpen\t5 short\tnil",
            "MessageReceived\tOpen\t300 mmmmmmmm\tnil",
            "MessageReceived\tOpen\t70000 llllllll\tnil",
            "Closed\tClosed\tnil\tnil",
        ),
    )


async def test_a_message_in_parts_is_one_and_a_ping_is_answered(sim: Path, tmp_path: Path) -> None:
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x01\x02on\x89\x02hi\x80\x01e")
        frame = await reader.readexactly(8)
        mask = frame[2:6]
        heard.append(frame[:2] + bytes(byte ^ with_ for byte, with_ in zip(frame[6:], mask, strict=False)))
        writer.write(b"\x81\x03two\x88\x02\x03\xe8")
        await reader.read()

    async with raw(talk) as address:
        told = await script(sim, tmp_path, f'open("{address}").Closed:Wait()')

    # A pong of the same two bytes, masked.
    assert heard == [b"\x8a\x82hi"]
    lines = ("Opened\tOpen\t101\tnil", "MessageReceived\tOpen\tone\tnil", "MessageReceived\tOpen\ttwo\tnil")
    assert told == (0, said(*lines, "Closed\tClosed\tnil\tnil"))


async def test_one_that_breaks_off_is_an_error(sim: Path, tmp_path: Path, address: str) -> None:
    text = f"""
    local client = open("{address}")
    client.MessageReceived:Wait()
    client:Send("break")
    client.Error:Wait()
    """
    code, told = await script(sim, tmp_path, text)

    assert (code, told.splitlines()[-1]) == (0, "Error\tError\t0\tHttpError: NetFail")


async def test_an_upgrade_that_is_refused_is_an_error_with_its_status(sim: Path, tmp_path: Path, address: str) -> None:
    told = await script(sim, tmp_path, f'open("{address}?refuse=1").Error:Wait()')

    assert told == (0, "Error\tError\t401\tUnauthorized\n")


async def test_where_nobody_listens_is_an_error(sim: Path, tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        told = await script(sim, tmp_path, f'open("ws://127.0.0.1:{port}/").Error:Wait()')

    assert told == (0, "Error\tError\t0\tHttpError: ConnectFail\n")


async def test_a_port_that_roblox_does_not_connect_to_is_refused(sim: Path, tmp_path: Path) -> None:
    code, told = await script(sim, tmp_path, 'open("ws://127.0.0.1:1194/")')

    assert code == 1
    assert "ERR_ACCESS_DENIED" in told


async def test_there_are_six_at_once(sim: Path, tmp_path: Path, address: str) -> None:
    text = f"""
    local function quiet()
        return HttpService:CreateWebStreamClient(Enum.WebStreamClientType.WebSocket, {{ Url = "{address}" }})
    end
    local all = {{}}
    for index = 1, 6 do all[index] = quiet() end
    print((pcall(quiet)))
    all[1]:Close()
    print((pcall(quiet)))
    print((pcall(quiet)))
    sim.exit(0)
    """
    assert await script(sim, tmp_path, text) == (0, said("false", "true", "false"))


async def test_after_its_own_end_a_script_is_told_nothing_but_that(sim: Path, tmp_path: Path, address: str) -> None:
    text = f"""
    local client = open("{address}")
    client.MessageReceived:Wait()
    client:Send("late")
    client:Close()
    client:Close()
    print((pcall(client.Send, client, "more")))
    task.wait(1000)
    """
    lines = ("Opened\tOpen\t101\tnil", "MessageReceived\tOpen\tnobody\tnil", "false", "Closed\tClosed\tnil\tnil")
    assert await script(sim, tmp_path, text) == (0, said(*lines))


async def test_headers_may_be_dropped(sim: Path, tmp_path: Path, address: str) -> None:
    text = f"""
    sim.dropStreamHeaders(true)
    open("{address}", {{ ["X-Who"] = "me" }}).MessageReceived:Wait()
    sim.exit(0)
    """
    assert (await script(sim, tmp_path, text))[1].splitlines()[-1] == "MessageReceived\tOpen\tnobody\tnil"


async def test_time_is_that_of_the_wall_while_a_stream_is_open_and_no_longer(sim: Path, tmp_path: Path) -> None:
    seconds = 0.3

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        writer.write(b"\x81\x00")
        await reader.read()

    text = """
    task.delay(600, print, "delayed")
    local client = open("%s")
    client.MessageReceived:Wait()
    print(os.clock() >= %s and os.clock() < 60)
    client:Close()
    """
    async with raw(talk) as address:
        code, told = await script(sim, tmp_path, text % (address, seconds - 0.1))

    assert code == 0, told
    assert told.splitlines()[2:] == ["true", "Closed\tClosed\tnil\tnil", "delayed"]


@pytest.mark.parametrize("kind", ["SSE", "RawStream"])
async def test_other_kinds_are_not_built_in(sim: Path, tmp_path: Path, kind: str) -> None:
    text = f'HttpService:CreateWebStreamClient(Enum.WebStreamClientType.{kind}, {{ Url = "http://127.0.0.1:8460" }})'
    code, told = await script(sim, tmp_path, text)

    assert code == 1
    assert "is not built in here" in told


async def test_wss_is_not_spoken(sim: Path, tmp_path: Path) -> None:
    code, told = await script(sim, tmp_path, 'open("wss://127.0.0.1:8460/")')

    assert code == 1
    assert "only ws is spoken here" in told
